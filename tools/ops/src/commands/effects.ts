import type { Service } from '../addresses.ts'
import type { Effect } from '../answers.ts'
import { chosen, command, type Ops, ofService, query } from '../command.ts'
import { EXIT, misuse, refusal } from '../exit.ts'
import { type Columns, table } from '../table.ts'
import { ago, cut, duration } from '../words.ts'

/** Due for so long, an effect waits for somebody who does not answer: as the alert `EffectsWaiting` has it. */
export const OVERDUE_SECONDS = 30

/** Its time has come long ago, or an attempt has failed. */
export const waitsLong = ({ status, attempts, runAt, firstStartedAt }: Effect, now: number) =>
  status === 'due' &&
  (now - Date.parse(runAt) > OVERDUE_SECONDS * 1000 || (attempts > 0 && now - Date.parse(firstStartedAt ?? runAt) > OVERDUE_SECONDS * 1000))

const STATUS = ['due', 'refused', 'done', 'void']
const LONGEST_ERROR = 100
const columns: Columns = ['service', 'effect', 'status', { title: 'tried', right: true }, 'next', 'key', 'last error']

export const effects = command({
  name: 'effects',
  summary: 'what is still to be done outside (charges, refunds, mails, points), and what was refused',
  about: `Those that are over are kept for ever, and are shown for one order: --order. Exit code 1: one was refused, or has waited for more than ${OVERDUE_SECONDS} s.`,
  options: {
    ...ofService,
    status: { type: 'string', value: 'STATUS', help: STATUS.join(', ') },
    kind: { type: 'string', value: 'KIND', help: 'charge-card, refund-card, send-mail, award-points' },
    order: { type: 'string', value: 'ID', help: 'all of this order' },
  },
  examples: [
    ['effects', 'all that is not over'],
    ['effects --service payments --status refused', 'what the payment provider will not do'],
  ],
  async run({ values }, { ask, paint, now }) {
    if (values.status !== undefined && !STATUS.includes(values.status)) throw misuse(`--status takes ${STATUS.join(', ')}`)
    const filter = query({ status: values.status, kind: values.kind, orderId: values.order, limit: 500 })
    const { found, missing } = await ask.everywhere<Effect[]>(`/admin/effects${filter}`, chosen(values.service))
    const all = found.flatMap(({ service, body }) => body.map((effect) => ({ service, ...effect })))
    const bad = (effect: Effect) => effect.status === 'refused' || waitsLong(effect, now())
    const rows = all.map((effect) => [
      ...[
        effect.service,
        effect.kind,
        paint(bad(effect) ? 'red' : 'dim', effect.status),
        String(effect.attempts),
        next(effect, now()),
        effect.key,
      ],
      cut(effect.lastError ?? '', LONGEST_ERROR),
    ])
    const text = rows.length === 0 ? 'Nothing is left to be done outside.' : table(columns, rows, paint)
    return { json: all, missing, text, exit: all.some(bad) ? EXIT.notWell : EXIT.well }
  },
})

function next({ status, runAt, leasedUntil, doneAt }: Effect, now: number): string {
  if (doneAt !== null) return ago(doneAt, now)
  if (status !== 'due') return '–'
  if (leasedUntil !== null && Date.parse(leasedUntil) > now) return 'under way'
  const seconds = (Date.parse(runAt) - now) / 1000
  return seconds > 0 ? `in ${duration(seconds)}` : 'now'
}

export const effectsRetry = command({
  name: 'effects retry',
  summary: 'tries a due or refused effect now',
  about: 'A refused one is redriven with its dead letter, so that its order goes on once it has passed. A hold of points is not shortened.',
  words: { shown: 'KEY', least: 1, most: 1 },
  options: { ...ofService, reason: { type: 'string', value: 'TEXT', help: 'why, for the audit' } },
  examples: [['effects retry capture:0199c0de-0000-7000-8000-000000000001 --reason "the provider is repaired"', 'now, not later']],
  async run({ words, values: { reason, ...values } }, ops) {
    const key = words[0]!
    const service = await owner(key, values.service, ops)
    const effect = await ops.ask.post<Effect>(service, '/admin/effects/retry', { key, ...(reason && { reason }) })
    return {
      json: { service, ...effect },
      text: `${service}: ${key} is ${effect.status}, and is tried now: ops effects --order ${effect.orderId}`,
    }
  },
})

/** Keys name their order, by which every service finds its effects. */
async function owner(key: string, named: string | undefined, { ask }: Ops): Promise<Service> {
  if (named !== undefined) return chosen(named)[0]!
  const orderId = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(key)?.[0]
  const { found } = await ask.everywhere<Effect[]>(`/admin/effects${query({ orderId, limit: 500 })}`)
  const at = found.find(({ body }) => body.some((effect) => effect.key === key))
  if (!at) throw refusal(`no service that answers has an effect ${key}: ops effects lists them`)
  return at.service
}
