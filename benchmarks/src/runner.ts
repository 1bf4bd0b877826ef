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
  readonly pairs: number
  readonly slotMs: number
  readonly quick: boolean
  readonly signal: AbortSignal
  /** Told after every slot. */
  readonly onSlot: (measured: Measured, left: number) => void
}

/** A machine that never grows quiet must not keep the bench for ever. */
const MOST_TRIES = 3

export async function runBenchmark(benchmark: Benchmark, world: World, options: RunOptions): Promise<Outcome> {
  const sides = sidesOf(benchmark, options.quick)
  const pairs = Math.min(options.pairs, benchmark.mostPairs ?? Number.POSITIVE_INFINITY)
  const slotMs = Math.round(options.slotMs * (benchmark.slotFactor ?? 1))
  const session = await benchmark.open(world, sides)
  try {
    const rounds = createRounds(session, { ...options, slotMs }, options.quick ? 0 : (sides.length * pairs) / 2)
    const warmUps = options.quick ? 1 : (benchmark.warmUps ?? 1)
    const plan = [...planRounds(sides, warmUps).map(({ side }) => ({ round: -1, side })), ...planRounds(sides, pairs, benchmark.seldom)]
    for (const [index, slot] of plan.entries()) options.onSlot(await rounds.measure(slot), plan.length - index - 1)
    return outcomeOf(benchmark, session, { pairs, slotMs, sides, ...rounds.all() })
  } finally {
    await session.close()
  }
}

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
  readonly pairs: number
  readonly slotMs: number
  readonly sides: readonly string[]
  readonly slots: readonly Measured[]
  readonly ledger: number
}

function outcomeOf(benchmark: Benchmark, { conditions }: Session, { sides, slots, ...rest }: Collected): Outcome {
  const { goal, name, title, figures } = benchmark
  const counted = slots.filter(({ round, again }) => round >= 0 && !again)
  const possible = benchmark.comparisons.filter(({ of, to }) => sides.includes(of) && sides.includes(to))
  return {
    ...{ goal, name, title, figures, conditions, ...rest, slots },
    sides: Object.fromEntries(sides.map((side) => [side, benchmark.sides[side]!])),
    comparisons: possible.map((comparison) => compare(comparison, counted)),
    reruns: slots.filter(({ again }) => again).length,
    noisy: counted.filter(({ foreign }) => foreign !== null && foreign > MOST_FOREIGN).length,
  }
}

/** The ratio of each round, and what they come to. */
export function compare(comparison: Comparison, counted: readonly Pick<Measured, 'round' | 'side' | 'figures'>[]): Compared {
  const { of, to, figure = 'rate' } = comparison
  const values = (side: string) =>
    new Map(counted.filter((slot) => slot.side === side).map(({ round, figures }) => [round, figures[figure]!]))
  const base = values(to)
  const ratios = [...values(of)].flatMap(([round, value]) => (base.has(round) ? [value / base.get(round)!] : []))
  const estimated = estimate(ratios)
  return { ...comparison, ...estimated, ratios, verdict: verdictOf(comparison, estimated) }
}
