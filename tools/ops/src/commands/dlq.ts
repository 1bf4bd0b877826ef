import type { CodeSummary, Letter, LetterDetails } from '../answers.ts'
import { chosen, command, type Ops, ofService, query, rowOf, whole } from '../command.ts'
import { EXIT } from '../exit.ts'
import { lettersText, letterText } from '../letters.ts'
import { askOrder } from '../order/ask.ts'
import { type Origin, originOf } from '../order/origin.ts'

const MOST = 500

export const dlqLs = command({
  name: 'dlq ls',
  summary: 'what is parked, at which service, and why',
  about: `Dead letters in the order in which they were parked: of each order the first is the cause, and those with code WAITING stand behind it.
Exit code 1: there are open ones.`,
  options: {
    ...ofService,
    code: { type: 'string', value: 'CODE', help: 'only these, HANDLER for example' },
    order: { type: 'string', value: 'ID', help: 'only of this order' },
    ended: { type: 'boolean', help: 'also those that were redriven or discarded' },
    limit: { type: 'string', value: 'N', help: 'letters of each service (20)' },
  },
  examples: [
    ['dlq ls', 'all that is open'],
    ['dlq ls --service payments --code HANDLER', 'what a bug of payments holds up'],
    ['dlq ls --order 0199c0de-0000-7000-8000-000000000001 --ended', 'the past of an order'],
  ],
  async run({ values }, { ask, paint, now }) {
    const limit = values.limit === undefined ? 20 : whole('limit', values.limit, MOST)
    const of = chosen(values.service)
    const filter = query({ orderId: values.order, code: values.code, open: values.ended ? undefined : true, limit })
    const [letters, summaries] = await Promise.all([
      ask.everywhere<Letter[]>(`/admin/dead-letters${filter}`, of),
      ask.everywhere<CodeSummary[]>('/admin/dead-letters/summary', of),
    ])
    const all = letters.found.flatMap(({ service, body }) => body.map((letter) => ({ service, ...letter })))
    const codes = summaries.found.flatMap(({ service, body }) => body.map((code) => ({ service, ...code })))
    const exit = all.some(({ status }) => status === 'open') ? EXIT.notWell : EXIT.well
    const narrowed = values.code !== undefined || values.order !== undefined
    return { json: { codes, letters: all }, missing: letters.missing, exit, text: lettersText(all, narrowed ? [] : codes, now(), paint) }
  },
})

export const dlqShow = command({
  name: 'dlq show',
  summary: 'one dead letter: its record, what breaks its contract, and what waits behind it',
  about: `Personal fields are masked. Whether its emitter ever emitted it is looked up in the outboxes, and decides what is to be done.`,
  words: { shown: 'SERVICE/ID', least: 1, most: 1 },
  options: ofService,
  examples: [['dlq show payments/7', 'as dlq ls names it']],
  async run({ words, values }, ops) {
    const { service, id } = rowOf(words[0]!, values.service)
    const letter = await ops.ask.get<LetterDetails>(service, `/admin/dead-letters/${id}`)
    const { origin, missing } = await comesFrom(letter, ops)
    return { json: { service, ...letter, origin }, missing, text: letterText({ service, ...letter }, origin, ops.now(), ops.paint) }
  },
})

async function comesFrom(letter: LetterDetails, ops: Ops): Promise<{ origin: Origin | null; missing: readonly string[] }> {
  if (letter.orderId === null || letter.origin !== 'event') return { origin: null, missing: [] }
  const { told, missing } = await askOrder(letter.orderId, ops)
  return { origin: originOf(letter, told), missing }
}
