import { type DeadLetter, type Redriven, type Runtime, WAITING } from '@quadrille/messaging'
import { z } from 'zod'
import type { Guard } from '../guard.ts'
import type { App } from '../http.ts'
import { HttpProblem, notFound } from '../problem.ts'
import { LetterDetails, letterDetails } from './letter-details.ts'
import { LetterView, letterView } from './letter-view.ts'
import { Because, DRY_RUNS, operation, plain, possible, RowId, WouldView } from './operation.ts'

const MOST_LETTERS = 500

const Filter = z.strictObject({
  orderId: z.string().optional(),
  code: z.string().optional(),
  open: z.enum(['true', 'false']).optional(),
  after: RowId.optional().meta({ description: 'The id of the last letter of the page before' }),
  limit: z.coerce.number().int().min(1).max(MOST_LETTERS).default(100),
})
const params = z.strictObject({ id: RowId })
const Redrive = z.strictObject({ reason: Because.optional(), dryRun: z.boolean().optional() }).nullish()
const Discard = z.strictObject({
  reason: Because,
  dryRun: z.boolean().optional(),
  force: z.boolean().optional().meta({ description: 'Also a letter that only waits: a sound event, which is then never handled' }),
})
const Left = z.object({
  open: z.int().meta({ description: 'Letters of the same order that are still open' }),
  trying: z.int().meta({ description: 'Of those, refused effects that are tried again now' }),
  orderId: z.string().nullable(),
})
const Summary = z.object({ code: z.string(), open: z.int(), orders: z.int(), firstSeen: z.string(), lastSeen: z.string() })

type Letters = Pick<Runtime, 'redrive' | 'discard' | 'deadLetters'>

/** `/admin/dead-letters`, in the order they were parked, so what waits stands behind its cause. */
export function serveDeadLetters(app: App, runtime: Letters, ops: Guard): void {
  serveLooks(app, runtime, ops)
  const changed = { 200: z.union([Left, WouldView]) }

  const redrive = operation("Fold the order's parked events again, in order", { params, body: Redrive, response: changed })
  app.post('/admin/dead-letters/:id/redrive', { onRequest: ops, schema: redrive, config: DRY_RUNS }, async ({ params: { id }, body }) =>
    body?.dryRun ? wouldRedrive(runtime, id) : ended(runtime, await find(runtime, id), 'redriven', () => runtime.redrive(id)),
  )

  const discard = operation('Close a letter unhandled; what waits behind it then runs', { params, body: Discard, response: changed })
  app.post(
    '/admin/dead-letters/:id/discard',
    { onRequest: ops, schema: discard, config: DRY_RUNS },
    async ({ params: { id }, body: { reason, dryRun, force } }) => {
      const letter = await find(runtime, id)
      if (!force) await refuseWaiting(runtime, letter)
      return dryRun ? would(open(letter)) : ended(runtime, letter, 'discarded', () => runtime.discard(id, reason))
    },
  )
}

function serveLooks(app: App, { deadLetters }: Letters, ops: Guard) {
  const list = operation('Dead letters, oldest first', { querystring: Filter, response: { 200: z.array(LetterView) } })
  app.get('/admin/dead-letters', { onRequest: ops, schema: list }, async ({ query: { open, ...filter } }) => {
    const letters = await deadLetters.list({ ...filter, ...(open && { open: open === 'true' }) })
    return letters.map(letterView)
  })

  const summary = operation('Open dead letters by code, the most frequent first', { response: { 200: z.array(Summary) } })
  app.get('/admin/dead-letters/summary', { onRequest: ops, schema: summary }, async () => plain(await deadLetters.summary()))

  const show = operation('A dead letter, what breaks its contract, and what waits behind it', { params, response: { 200: LetterDetails } })
  app.get('/admin/dead-letters/:id', { onRequest: ops, schema: show }, async ({ params: { id } }) => {
    const letter = await find({ deadLetters }, id)
    return letterDetails(letter, await behind({ deadLetters }, letter))
  })
}

const MOST_BEHIND = 1_000

async function behind({ deadLetters }: Pick<Letters, 'deadLetters'>, { id, orderId }: DeadLetter): Promise<DeadLetter[]> {
  if (orderId === null) return []
  const later = await deadLetters.list({ orderId, open: true, after: id, limit: MOST_BEHIND })
  return later.filter(({ code }) => code === WAITING)
}

type Outcome = NonNullable<DeadLetter['outcome']>
type End = () => Promise<Redriven | undefined>

/** Looks before and after: another operator may end the letter in between, and who was second did nothing to it. */
async function ended({ deadLetters }: Letters, letter: DeadLetter, outcome: Outcome, end: End): Promise<z.output<typeof Left>> {
  refuseOther(letter, outcome)
  const left = found(letter.id, await possible(end()))
  refuseOther(await deadLetters.find(letter.id), outcome)
  return { ...left, orderId: letter.orderId }
}

function refuseOther(letter: DeadLetter | undefined, asked: Outcome): void {
  if (!letter?.outcome || letter.outcome === asked) return
  const detail = `since ${letter.endedAt?.toISOString()}, and stays so: GET /admin/audit tells by whom`
  throw new HttpProblem(409, `already-${letter.outcome}`, `The letter is already ${letter.outcome}`, { detail })
}

/** An event that nothing is wrong with is lost only to who says so. */
async function refuseWaiting({ deadLetters }: Letters, { orderId, code, endedAt }: DeadLetter): Promise<void> {
  if (code !== WAITING || endedAt !== null || orderId === null) return
  const [first] = await deadLetters.list({ orderId, open: true, limit: 1 })
  const cause = first && first.code !== WAITING ? `letter ${first.id} (${first.code}): redrive or discard that one` : 'another: redrive it'
  const detail = `it is sound and waits behind ${cause}; \`force: true\` discards this one all the same`
  throw new HttpProblem(409, 'only-waits', 'Nothing is wrong with this letter', { detail })
}

/** All of the order's open letters: a redrive takes them in order. */
async function wouldRedrive(runtime: Letters, id: string) {
  const letter = await find(runtime, id)
  if (letter.orderId === null) return would(open(letter))
  return would(await runtime.deadLetters.list({ orderId: letter.orderId, open: true, limit: MOST_BEHIND }))
}

const open = (letter: DeadLetter) => (letter.endedAt === null ? [letter] : [])

const SAMPLE = 10

function would(letters: readonly DeadLetter[]) {
  const sample = letters.slice(0, SAMPLE).map(({ id, orderId, eventId, code, error }) => ({ id, orderId, eventId, code, error }))
  return { would: letters.length, orders: new Set(letters.flatMap(({ orderId }) => orderId ?? [])).size, sample }
}

const find = async ({ deadLetters }: Pick<Letters, 'deadLetters'>, id: string) => found(id, await deadLetters.find(id))

function found<T>(id: string, result: T | undefined): T {
  if (result === undefined) throw notFound(`no dead letter ${id}: GET /admin/dead-letters lists them`)
  return result
}
