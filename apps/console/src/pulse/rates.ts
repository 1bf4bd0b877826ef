import type { Lag } from '../lag.ts'

/** Records a second. */
export interface Rates {
  readonly rates: Readonly<Record<string, number>>
  readonly consumed: Readonly<Record<string, number>>
}

// Two looks are 2 s apart, and a burst may fall between any two: over three it is calm enough to read.
const WINDOW_MS = 5_000

/** How fast topics grow and groups read, between the looks of the last seconds. */
export function createRates() {
  let looks: readonly Lag[] = []
  return {
    note(lag: Lag): void {
      looks = [...looks.filter(({ at }) => lag.at - at <= WINDOW_MS), lag]
    },
    now(): Rates {
      const [first, last] = [looks[0], looks.at(-1)]
      if (!first || !last || first === last) return { rates: {}, consumed: {} }
      const seconds = (last.at - first.at) / 1000
      return { rates: perSecond(written(first), written(last), seconds), consumed: perSecond(read(first), read(last), seconds) }
    },
  }
}

const written = ({ topics }: Lag) => new Map(topics.map(({ topic, partitions }) => [topic, sum(partitions.map(({ high }) => high))]))

const read = ({ groups }: Lag) =>
  new Map(groups.map(({ group, partitions }) => [group, sum(partitions.map(({ committed }) => committed ?? 0))]))

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

/** Below zero only where a topic was made anew. */
const perSecond = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>, seconds: number) =>
  Object.fromEntries([...after].map(([name, count]) => [name, Math.max(0, count - (before.get(name) ?? count)) / seconds]))
