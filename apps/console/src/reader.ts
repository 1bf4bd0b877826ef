import { type Emitter, topicOf, topics } from '@quadrille/contracts'
import type { Kafka } from '@quadrille/messaging'
import { createHighMarks } from './high-marks.ts'
import { type Lag, lagOf, type Reading } from './lag.ts'
import type { Owners } from './owners.ts'
import { reads } from './reads.ts'

export interface ReaderOptions {
  readonly kafka: Pick<Kafka, 'topicOffsets' | 'groupOffsets' | 'groupMembers'>
  /** Who reads which partition; where nobody can tell, the rest is told all the same. */
  readonly owners?: (groups: readonly string[]) => Promise<ReadonlyMap<string, Owners>>
  readonly everyMs: number
  /** Called on the first failure of a row and when it is over. */
  readonly onChange?: (failure: string | undefined) => void
  readonly onReading?: (lag: Lag) => void
  readonly clock?: () => number
}

/** The last reading that worked, and since when none has. */
export interface LagView {
  readonly lag: Lag | undefined
  readonly ageMs: number | undefined
  readonly stale: boolean
  readonly failure: string | undefined
}

export type LagReader = ReturnType<typeof createLagReader>

/** Asks the broker every few seconds, one poll at a time. While it does not answer, the last reading stays and is called stale. */
export function createLagReader({ kafka, owners, everyMs, onChange = () => {}, onReading = () => {}, clock = Date.now }: ReaderOptions) {
  const marks = createHighMarks()
  let lag: Lag | undefined
  let failure: string | undefined
  let timer: NodeJS.Timeout | undefined
  let polling: Promise<void> = Promise.resolve()
  let stopped = false

  function became(next: string | undefined) {
    if ((next === undefined) !== (failure === undefined)) onChange(next)
    failure = next
  }
  async function poll(): Promise<void> {
    try {
      lag = lagOf(await read(kafka, clock(), owners), marks)
      onReading(lag)
      became(undefined)
    } catch (error) {
      became((error as Error).message)
    }
    if (!stopped) timer = setTimeout(again, everyMs)
  }
  function again() {
    polling = poll()
  }
  return {
    start: again,
    async stop(): Promise<void> {
      stopped = true
      clearTimeout(timer)
      await polling
    },
    view(): LagView {
      const ageMs = lag && clock() - lag.at
      return { lag, ageMs, failure, stale: failure !== undefined || ageMs === undefined || ageMs > 3 * everyMs }
    },
  }
}

async function read(kafka: ReaderOptions['kafka'], at: number, owners: ReaderOptions['owners']): Promise<Reading> {
  const names = Object.keys(reads) as Emitter[]
  const [told, ...groups] = await Promise.all([owners?.(names).catch(() => undefined), ...names.map((group) => readGroup(kafka, group))])
  // After the groups: the other way round a commit between the two would seem to be ahead of its topic.
  const ranges = await Promise.all(topics.map(async ({ name }) => ({ topic: name, partitions: await kafka.topicOffsets(name) })))
  return { at, topics: ranges, groups: groups.map((group) => ({ ...group, owners: told?.get(group.group) })) }
}

async function readGroup(kafka: ReaderOptions['kafka'], group: Emitter) {
  const [members, offsets] = await Promise.all([kafka.groupMembers(group), kafka.groupOffsets(group, reads[group].map(topicOf))])
  return { group, ...members, offsets }
}
