import type { LagHistory } from '../api-types.ts'
import type { GroupLag, Lag, PartitionLag } from '../lag.ts'

const KEPT_MS = 15 * 60_000

/** The lag of the last 15 minutes, for charts. */
export function createHistory(keptMs = KEPT_MS) {
  let looks: readonly Look[] = []
  return {
    note(lag: Lag): void {
      looks = [...looks.filter(({ at }) => lag.at - at < keptMs), lookAt(lag)]
    },
    shown(): LagHistory {
      const names = [...new Set(looks.flatMap(({ sums }) => [...sums.keys()]))]
      const line = (name: string, of: keyof Sum) => looks.map(({ sums }) => sums.get(name)?.[of] ?? null)
      const series = names.map((name) => {
        const [group, topic] = name.split(' ') as [string, string]
        return { group, topic, lag: line(name, 'lag'), seconds: line(name, 'seconds') }
      })
      return { at: looks.map(({ at }) => at), series }
    },
  }
}

interface Look {
  readonly at: number
  readonly sums: ReadonlyMap<string, Sum>
}

interface Sum {
  readonly lag: number | null
  readonly seconds: number | null
}

const lookAt = ({ at, groups }: Lag): Look => ({ at, sums: new Map(groups.flatMap(sumsOf)) })

const sumsOf = ({ group, partitions }: GroupLag) =>
  [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, of]) => [`${group} ${topic}`, sumOf(of)] as const)

function sumOf(partitions: readonly PartitionLag[]): Sum {
  const known = partitions.filter(({ lag }) => lag !== null)
  if (known.length === 0) return { lag: null, seconds: null }
  return { lag: known.reduce((sum, { lag }) => sum + lag!, 0), seconds: Math.max(...known.map(({ lagSeconds }) => lagSeconds ?? 0)) }
}
