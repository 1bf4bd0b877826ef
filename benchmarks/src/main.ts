import { Refusal } from '@quadrille/demo/arguments'
import { ALL_MINUTES, readArguments, USUAL_MINUTES, type Wishes } from './arguments.ts'
import type { Benchmark } from './benchmark.ts'
import type { Durability } from './durability.ts'
import { benchmarks } from './goals.ts'
import { LedgerError } from './ledger.ts'
import { describeCommit, describeMachine } from './machine.ts'
import { writePages } from './page.ts'
import { createProgress } from './progress.ts'
import { isKept, type Outcome, type Run, writeRun } from './results.ts'
import { runBenchmark } from './runner.ts'
import { conditionsOf, goalTable, sideTable } from './tables.ts'
import { brokenGates, gatesOf } from './verdict.ts'
import { startWorld } from './world.ts'

const usage = `Measures how near to PostgreSQL and Kafka this comes, side by side with both, on servers of its own.

  pnpm bench                      everything
  pnpm bench relay P4             some of it: ${benchmarks.map(({ name, goal }) => `${name} (${goal})`).join(', ')}
  pnpm bench --quick              short slots and wide gates, for continuous integration
  pnpm bench --minutes 60         more rounds: everything takes about ${ALL_MINUTES} minutes otherwise
  pnpm bench growth --rows 10000000   tables that have grown further
  pnpm bench --pairs 8 --slot 4000 --json FILE   at most 8 rounds, in slots of 4 s

A run whose ledger does not agree (something lost, out of order or parked) shows no speed and ends with 1.
Results kept in benchmarks/results/ are shown in docs/performance.md and README.md.
`

const print = (text: string) => void process.stdout.write(`${text}\n`)

async function main(): Promise<number> {
  const wishes = readArguments(process.argv.slice(2), benchmarks)
  if (wishes !== 'help') return await bench(wishes)
  print(usage)
  return 0
}

async function bench(wishes: Wishes): Promise<number> {
  const machine = describeMachine()
  const begun = { date: new Date().toISOString(), commit: describeCommit(), quick: wishes.quick, machine }
  if (!machine.watched) print('this system has no /proc: what others do meanwhile, and processor time, stay unknown')
  const outcomes: Outcome[] = []
  const failures: { readonly who: string; readonly words: string }[] = []
  let durability: Durability | undefined
  for (const benchmark of wishes.benchmarks) {
    // Of its own for each: a server that has served another benchmark is another server
    const measured = await measureOnceMore(benchmark, wishes).catch((error: unknown) => asFailure(benchmark, error))
    if ('outcome' in measured) {
      durability = measured.durability
      outcomes.push(measured.outcome)
      print(inWords({ ...begun, durability, outcomes: [measured.outcome], failed: [] }))
    } else {
      failures.push(measured)
      print(measured.words) // the others need not be measured again for it
    }
    if (wishes.json && durability) writeRun(wishes.json, { ...begun, durability, outcomes, failed: failures.map(({ who }) => who) })
  }
  if (wishes.json && isKept(wishes.json)) writePages()
  for (const { words } of failures) print(`FAILED: ${words}`)
  return Math.max(failures.length > 0 ? 1 : 0, wishes.quick ? judge(outcomes) : 0)
}

const inWords = (run: Run) =>
  run.outcomes
    .map((outcome) => `\n${outcome.goal}: ${outcome.title}\n\n${goalTable([outcome])}\n\n${sideTable(outcome)}\n\n${conditionsOf(run)}\n`)
    .join('')

function asFailure({ goal, name }: Benchmark, error: unknown) {
  const who = `${goal} ${name}`
  if (error instanceof LedgerError) return { who, words: `${who}: the ledger does not agree, so no speed is shown\n${error.message}` }
  return { who, words: `${who}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` }
}

/** A machine that others use may stumble: what looks broken in a quick run must look so twice. */
async function measureOnceMore(benchmark: Benchmark, wishes: Wishes) {
  if (!wishes.quick) return await measure(benchmark, wishes)
  const first = await measure(benchmark, wishes).catch(orStumbled)
  const broken = first instanceof Error ? [asFailure(benchmark, first).words] : brokenGates([first.outcome])
  for (const words of broken) print(`${words}: measured once more`)
  return first instanceof Error || broken.length > 0 ? await measure(benchmark, wishes) : first
}

/** What is lost, out of order or parked once is so, however busy the machine. */
function orStumbled(error: unknown): Error {
  if (error instanceof LedgerError || !(error instanceof Error)) throw error
  return error
}

/** Whatever hangs then is left to those who start it anew. */
const LONGEST_END_MS = 15_000

async function measure(benchmark: Benchmark, { quick, pairs, slotMs, minutes, rows }: Wishes) {
  const until = performance.now() + ((benchmark.minutes ?? USUAL_MINUTES) * 60_000 * minutes) / ALL_MINUTES
  const progress = createProgress(benchmark)
  const stop = new AbortController()
  const world = await startWorld({ quick, rows, say: progress.say })
  const leave = () => {
    if (stop.signal.aborted) return // whoever started us may hand on a signal that the whole group has had
    stop.abort(new Error('stopped'))
    print('\nstopping')
    setTimeout(() => process.exit(130), LONGEST_END_MS).unref()
  }
  process.on('SIGINT', leave).on('SIGTERM', leave)
  try {
    const outcome = await runBenchmark(benchmark, world, { quick, pairs, until, slotMs, signal: stop.signal, onSlot: progress.slot })
    return { outcome, durability: world.durability }
  } finally {
    await world.close().finally(() => stop.signal.aborted && process.exit(130))
    process.off('SIGINT', leave).off('SIGTERM', leave)
  }
}

function judge(outcomes: readonly Outcome[]): number {
  const broken = brokenGates(outcomes)
  for (const words of broken) print(words)
  if (broken.length === 0) print(`the bench's gates: all of ${gatesOf(outcomes).length} hold`)
  return broken.length > 0 ? 1 : 0
}

if (import.meta.main) {
  const code = await main().catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error
    process.stderr.write(`${error.message}\n`)
    return 2
  })
  process.exit(code)
}
