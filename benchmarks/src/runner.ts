import { setTimeout as wait } from 'node:timers/promises'
import type { Benchmark, Comparison, Reading, Session } from './benchmark.ts'
import { assertLedger } from './ledger.ts'
import { TICKS } from './processor-time.ts'
import { foreignShare, MOST_FOREIGN, type Snapshot, takeSnapshot } from './quiet.ts'
import type { Compared, Measured, Outcome } from './results.ts'
import { planRounds, type Slot } from './rounds.ts'
import { estimate } from './statistics.ts'
import { verdictOf } from './verdict.ts'
import type { World } from './world.ts'

export interface RunOptions {
  /** At most. */
  readonly pairs: number
  /** No round begins later, by `performance.now()`; one of each direction is always made. */
  readonly until: number
  readonly slotMs: number
  readonly quick: boolean
  readonly signal: AbortSignal
  /** Told after every slot. */
  readonly onSlot: (measured: Measured, left: Left) => void
}

/** What is still to come: at least these slots, at most those, and in between as the time allows. */
export interface Left {
  readonly least: number
  readonly most: number
  readonly ms: number
}

/** A machine that never grows quiet must not keep the bench for ever. */
const MOST_TRIES = 3

export async function runBenchmark(benchmark: Benchmark, world: World, options: RunOptions): Promise<Outcome> {
  const sides = sidesOf(benchmark, options.quick)
  const end = options.until
  const slotMs = Math.round(options.slotMs * (benchmark.slotFactor ?? 1))
  const session = await unlessStopped(options.signal, benchmark.open(world, sides))
  try {
    const rounds = createRounds(session, { ...options, slotMs }, options.quick ? 0 : (sides.length * options.pairs) / 2)
    const warmUps = Math.min(benchmark.warmUps ?? 1, options.quick ? 1 : Number.POSITIVE_INFINITY)
    const plan = [
      ...planRounds(sides, warmUps).map(({ side }) => ({ round: -1, side })),
      ...planRounds(sides, options.pairs, benchmark.seldom),
    ]
    for (const [index, slot] of plan.entries()) {
      if (isOver(slot, plan[index - 1], end)) break
      const measured = await unlessStopped(options.signal, rounds.measure(slot))
      const coming = plan.slice(index + 1)
      options.onSlot(measured, { least: coming.filter(({ round }) => round < 2).length, most: coming.length, ms: end - performance.now() })
    }
    return outcomeOf(benchmark, session, { slotMs, sides, ...rounds.all() })
  } finally {
    await (options.signal.aborted ? Promise.race([session.close(), wait(PATIENCE_MS)]) : session.close())
  }
}

/** Whoever pressed Ctrl-C waits no longer: what still runs then ends by itself, since we do. */
const PATIENCE_MS = 4_000

/** What was begun is not waited for when the bench is stopped. */
async function unlessStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const stopped = Promise.withResolvers<never>()
  const stop = () => stopped.reject(signal.reason)
  signal.addEventListener('abort', stop)
  return await Promise.race([work, stopped.promise]).finally(() => signal.removeEventListener('abort', stop))
}

/** Rounds come in twos, there and back: only between these a run may end early. */
const isOver = ({ round }: Slot, before: Slot | undefined, end: number) =>
  round >= 2 && round % 2 === 0 && round !== before?.round && performance.now() > end

export const sidesOf = ({ sides, quick = [] }: Pick<Benchmark, 'sides' | 'quick'>, quickly: boolean) =>
  Object.keys(sides).filter((side) => !quickly || quick.includes(side))

function createRounds(session: Session, { slotMs, signal }: RunOptions, mostRepeats: number) {
  const slots: Measured[] = []
  let [ledger, repeats] = [0, 0]

  async function once({ round, side }: Slot, mayRepeat: boolean): Promise<Measured> {
    signal.throwIfAborted()
    await session.prepare?.(side, slotMs)
    const named = session.processes(side)
    const before = takeSnapshot(named)
    const reading: Reading = await session.measure(side, slotMs)
    const after = takeSnapshot(named)
    ledger += assertLedger(`${side}, round ${round}`, await session.check(side))
    const foreign = before && after ? foreignShare(before, after) : null
    const again = mayRepeat && round >= 0 && foreign !== null && foreign > MOST_FOREIGN
    return { round, side, ...reading, foreign, cpu: before && after ? usedBetween(before, after) : {}, again }
  }

  return {
    async measure(slot: Slot): Promise<Measured> {
      for (let tries = 1; ; tries++) {
        const measured = await once(slot, tries < MOST_TRIES && repeats < mostRepeats)
        slots.push(measured)
        if (!measured.again) return measured
        repeats += 1
      }
    },
    all: () => ({ slots, ledger }),
  }
}

const usedBetween = (before: Snapshot, after: Snapshot) =>
  Object.fromEntries(Object.entries(after.byProcess).map(([name, ticks]) => [name, (ticks - (before.byProcess[name] ?? 0)) / TICKS]))

interface Collected {
  readonly slotMs: number
  readonly sides: readonly string[]
  readonly slots: readonly Measured[]
  readonly ledger: number
}

function outcomeOf(benchmark: Benchmark, { conditions }: Session, { sides, slots, ...rest }: Collected): Outcome {
  const { goal, name, title, figures } = benchmark
  const counted = slots.filter(({ round, again }) => round >= 0 && !again)
  const possible = benchmark.comparisons.filter(({ of, to = of }) => sides.includes(of) && sides.includes(to))
  return {
    ...{ goal, name, title, figures, conditions, ...rest, slots, pairs: 1 + Math.max(...counted.map(({ round }) => round)) },
    sides: Object.fromEntries(sides.map((side) => [side, benchmark.sides[side]!])),
    comparisons: possible.flatMap((comparison) => compare(comparison, counted) ?? []),
    missing: possible.filter((comparison) => !compare(comparison, counted)),
    reruns: slots.filter(({ again }) => again).length,
    noisy: counted.filter(({ foreign }) => foreign !== null && foreign > MOST_FOREIGN).length,
  }
}

/** The ratio of each round, and what they come to; nothing where no round has the figure. */
export function compare(comparison: Comparison, counted: readonly Pick<Measured, 'round' | 'side' | 'figures'>[]): Compared | undefined {
  const { of, to, figure = 'rate' } = comparison
  const values = (side: string) =>
    new Map(
      counted
        .filter((slot) => slot.side === side && slot.figures[figure] !== undefined)
        .map(({ round, figures }) => [round, figures[figure]!]),
    )
  const base = to === undefined ? undefined : values(to)
  const ratios = [...values(of)].flatMap(([round, value]) => (base ? (base.has(round) ? [value / base.get(round)!] : []) : [value]))
  if (ratios.length === 0) return undefined
  const estimated = estimate(ratios)
  return { ...comparison, ...estimated, ratios, verdict: verdictOf(comparison, estimated) }
}
