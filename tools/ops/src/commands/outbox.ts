import type { Outbox, ParkedRow } from '../answers.ts'
import { chosen, command, ofService, rowName, rowOf } from '../command.ts'
import { EXIT, misuse } from '../exit.ts'
import { type Columns, table } from '../table.ts'
import { ago, counted, duration, number, type Paint } from '../words.ts'

const columns: Columns = ['service', { title: 'unsent', right: true }, { title: 'oldest', right: true }, 'sent by', 'set aside']

/** An outbox this old means that its relay does not send: as the alert `OutboxStuck` has it. */
export const STUCK_SECONDS = 10

const isWell = ({ oldestAgeSeconds, parked }: Outbox) => oldestAgeSeconds < STUCK_SECONDS && parked.length === 0

export const outbox = command({
  name: 'outbox',
  summary: 'what waits for Kafka, who sends it, and what Kafka refuses',
  about: `Exit code 1: an outbox is older than ${STUCK_SECONDS} s, or Kafka refuses a record.`,
  options: ofService,
  examples: [['outbox', 'all services']],
  async run({ values }, { ask, paint, now }) {
    const { found, missing } = await ask.everywhere<Outbox>('/admin/outbox', chosen(values.service))
    const rows = found.map(({ service, body: { unsent, oldestAgeSeconds, lease, parked } }) => [
      service,
      number(unsent),
      unsent === 0 ? '–' : paint(oldestAgeSeconds < STUCK_SECONDS ? 'dim' : 'red', duration(oldestAgeSeconds)),
      lease ? lease.owner : paint(unsent > 0 ? 'red' : 'dim', 'nobody'),
      parked.length === 0 ? '–' : paint('red', String(parked.length)),
    ])
    const refused = found.flatMap(({ service, body }) => body.parked.map((row) => parkedText(service, row, now(), paint)))
    const json = found.map(({ service, body }) => ({ service, ...body }))
    const exit = found.every(({ body }) => isWell(body)) ? EXIT.well : EXIT.notWell
    return { json, missing, exit, text: [table(columns, rows, paint), ...refused].join('\n\n') }
  },
})

function parkedText(service: string, { id, topic, key, type, reason, parkedAt, behind }: ParkedRow, now: number, paint: Paint): string {
  const name = rowName({ service, id })
  const what = `${paint('red', name)}  ${type ?? 'a record'} of ${key ?? 'no order'} for ${topic}, set aside ${ago(parkedAt, now)}`
  const remedy = `repair the cause, then: ops outbox release ${name} --reason "…"`
  return `${what}\n  Kafka refuses it: ${reason}\n  ${counted(behind, 'later event waits', 'later events wait')} for it; ${remedy}`
}

export const outboxRelease = command({
  name: 'outbox release',
  summary: 'sends a record again that Kafka refused, and what waits behind it',
  words: { shown: 'SERVICE/ID', least: 1, most: 1 },
  options: { ...ofService, reason: { type: 'string', value: 'TEXT', help: 'why, for the audit (must be given)' } },
  examples: [['outbox release orders/4711 --reason "max.message.bytes repaired"', 'after the repair of a topic']],
  async run({ words, values }, { ask }) {
    const { service, id } = rowOf(words[0]!, values.service)
    if (!values.reason) throw misuse('say why: --reason "max.message.bytes repaired"')
    const row = await ask.post<ParkedRow>(service, `/admin/outbox/parked/${id}/release`, { reason: values.reason })
    return {
      json: { service, ...row },
      text: `${rowName({ service, id })} is released, with ${counted(row.behind, 'event')} behind it; the relay sends it now`,
    }
  },
})
