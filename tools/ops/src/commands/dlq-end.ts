import type { DryRun } from '../answers.ts'
import { asTask, begin, NOT_YET, type TaskWishes, wouldText } from '../begin.ts'
import { type Answer, chosen, command, type Ops, ofService, rowName, rowOf } from '../command.ts'
import { EXIT, misuse, OpsError } from '../exit.ts'
import { counted } from '../words.ts'

const which = {
  ...ofService,
  code: { type: 'string', value: 'CODE', help: 'all letters with this code' },
  order: { type: 'string', value: 'ID', help: 'all letters of this order' },
  all: { type: 'boolean', help: 'all that are open' },
  ...asTask,
} as const

const words = { shown: '[SERVICE/ID…]', least: 0, most: 100 }
const about = `Letters are named by their ids, or chosen by --code, --order or --all, in all services or one. What is chosen runs as a task inside each
service, which survives this command, a Ctrl-C, and a restart of the service; its progress is shown here.`

export const dlqRedrive = command({
  name: 'dlq redrive',
  summary: "runs parked orders again, each one's events in order, after a repair",
  about: `${about}
Twice is harmless: what has passed is closed, and an order stops at its first event that fails again.
A refused effect is tried again after that: whether it passed, tells ops effects --status refused. Exit code 1: some orders still fail.`,
  words,
  options: which,
  examples: [
    ['dlq redrive payments/7 --reason "the provider knows the bank now"', 'the order of one letter'],
    ['dlq redrive --code HANDLER --service warehouse', 'all that a bug held up, after its fix'],
    ['dlq redrive --order 0199c0de-0000-7000-8000-000000000001', 'one order, wherever it is parked'],
    ['dlq redrive --all --dry-run', 'look first'],
  ],
  run: async ({ words: ids, values }, ops) => end('redrive', ids, values, ops),
})

export const dlqDiscard = command({
  name: 'dlq discard',
  summary: 'closes letters unhandled; what waits behind them then runs',
  about: `${about}
Discarding is for records that are no events, or break their contract; a reason must be given. More than one needs --yes. Where an order's own
event is discarded, end that order: ops orders cancel. A letter WAITING is a sound event: only --force discards one, and only by its id.`,
  words,
  options: {
    ...which,
    yes: { type: 'boolean', short: 'y', help: 'discard all that were chosen, without a look before' },
    force: { type: 'boolean', help: 'also one that only waits: it is then never handled' },
  },
  examples: [
    ['dlq discard payments/7 --reason "sent by a script, never an event"', 'one letter'],
    ['dlq discard --code UNDECODABLE --reason "a broken client" --yes', 'many'],
    ['dlq discard payments/8 --force --reason "the order ended by hand"', 'one that waits behind another'],
  ],
  async run({ words: ids, values }, ops) {
    if (!values.reason && !values['dry-run']) throw misuse('say why: --reason "sent by a script, never an event"')
    if (values.force && ids.length === 0) throw misuse('--force is for letters that are named: payments/8')
    const sure = ids.length === 1 || values.yes === true
    return end('discard', ids, values, ops, sure)
  },
})

type Kind = 'redrive' | 'discard'
interface Wishes extends TaskWishes {
  readonly service?: string
  readonly code?: string
  readonly order?: string
  readonly all?: boolean
  readonly force?: boolean
}

function end(kind: Kind, ids: readonly string[], wishes: Wishes, ops: Ops, sure = true): Promise<Answer> {
  const select = selectionOf(ids, wishes)
  if (!select) return sure ? one(kind, ids, wishes, ops) : lookAtEach(kind, ids, wishes, ops)
  return begin({ kind, what: 'letter', request: { select }, of: chosen(wishes.service), unsure: !sure }, wishes, ops)
}

/** By ids, or by one of the selections, but not both. */
function selectionOf(ids: readonly string[], { code, order, all }: Wishes) {
  const given = [code !== undefined && { code }, order !== undefined && { orderId: order }, all && { all: true }].filter(
    (one) => one !== false && one !== undefined,
  )
  if (given.length + Number(ids.length > 0) !== 1)
    throw misuse('name letters (payments/7), or choose them by one of --code, --order and --all')
  return given[0]
}

/** What is shown of letters that were named, as long as nobody said --yes. */
async function lookAtEach(kind: Kind, ids: readonly string[], wishes: Wishes, ops: Ops): Promise<Answer> {
  const { text, exit, ...shown } = await one(kind, ids, { ...wishes, 'dry-run': true }, ops)
  if (wishes['dry-run'] || exit !== EXIT.well) return { ...shown, text, exit }
  return { ...shown, text: `${text}\n${NOT_YET}`, exit: EXIT.notWell }
}

/** Letters by their ids, one call each. One that is refused is no reason to leave out the others; a Ctrl-C is, and says which. */
async function one(kind: Kind, ids: readonly string[], wishes: Wishes, ops: Ops): Promise<Answer> {
  const rows = ids.map((text) => rowOf(text, wishes.service))
  const results: Result[] = []
  const failures: { readonly name: string; readonly error: OpsError }[] = []
  for (const row of rows) {
    if (ops.signal.aborted) break
    try {
      results.push(await endOne(kind, row, wishes, ops))
    } catch (error) {
      if (error instanceof OpsError) failures.push({ name: rowName(row), error })
      else if (!ops.signal.aborted) throw error
    }
  }
  const left = rows.slice(results.length + failures.length).map(rowName)
  const failed = [
    ...failures.map(({ name, error }) => `${error.exit === EXIT.interrupted ? 'not known' : 'not done'}: ${name}: ${error.message}`),
    ...(left.length > 0 ? [`not done: ${left.join(' ')}`] : []),
  ]
  const text = results
    .map(({ would, ...result }) => (would ? wouldText(result.service, { kind, what: 'letter' }, would) : ended(kind, result)))
    .join('\n')
  const problems = failures.map(({ name, error }) => ({ letter: name, problem: error.message }))
  const untried = left.map((letter) => ({ letter, problem: 'not done' }))
  return { json: [...results, ...problems, ...untried], text, failed, exit: exitOf(results, failures, ops) }
}

function exitOf(results: readonly Result[], failures: readonly { readonly error: OpsError }[], { signal }: Ops) {
  if (signal.aborted) return EXIT.interrupted
  if (results.length === 0 && failures.every(({ error }) => error.exit === EXIT.unreachable)) return EXIT.unreachable
  return failures.length > 0 || results.some(({ open = 0, trying = 0 }) => open > trying) ? EXIT.notWell : EXIT.well
}

async function endOne(kind: Kind, { service, id }: Row, { reason, force, 'dry-run': dryRun }: Wishes, { ask }: Ops): Promise<Result> {
  const why = reason ?? (kind === 'discard' ? 'dry run' : undefined)
  const body = { ...(why && { reason: why }), ...(dryRun && { dryRun }), ...(force && { force }) }
  const answer = await ask.post<Left | DryRun>(service, `/admin/dead-letters/${id}/${kind}`, body)
  return { service, id, ...('would' in answer ? { would: answer } : answer) }
}

type Row = ReturnType<typeof rowOf>

interface Left {
  readonly orderId: string | null
  readonly open: number
  readonly trying: number
}

interface Result extends Row, Partial<Left> {
  readonly would?: DryRun
}

/** What came of it, and where to look next: a redrive does not wait for what its order then does. */
function ended(kind: Kind, { service, id, orderId, open = 0, trying = 0 }: Result): string {
  const name = rowName({ service, id })
  const how = kind === 'redrive' ? 'redriven' : 'discarded'
  const look = orderId ? `: ops orders show ${orderId}` : ''
  if (open === 0) return `${name}: ${how}; nothing of its order waits here any more${look}`
  if (trying > 0) return `${name}: the effect is tried again now, and what waits behind it follows${look}`
  return `${name}: ${counted(open, 'letter')} of its order ${open === 1 ? 'is' : 'are'} still open: ops dlq show ${name}`
}
