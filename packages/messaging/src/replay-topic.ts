import { randomUUID } from 'node:crypto'
import { type Emitter, topicOf } from '@quadrille/contracts'
import type { Stretch } from './bookmarks.ts'
import { MessageError } from './errors.ts'
import type { PartitionOffset, PartitionRange, ReplayingKafka } from './kafka.ts'
import type { Task } from './postgres/tasks.ts'
import { createReplayReader, type ReplayReader, type ReplayReaderOptions } from './replay-reader.ts'
import type { Planned, TaskKind, TaskRequest, TaskStep } from './tasks.ts'

/** Where a replay begins: at the oldest record kept, at a time, or at offsets; partitions that are not named are left out. */
export type ReplayFrom = 'beginning' | { readonly date: string } | { readonly offsets: readonly PartitionOffset[] }

/** A topic that holds what one consumer missed: a copy of its emitter's outbox. */
export const replayTopicOf = (topic: string, consumer: string) => `${topic}.replay.${consumer}`

export interface TopicReplayOptions extends ReplayReaderOptions {
  readonly kafka: ReplayingKafka
  /** In the name of its group. A rebuild folds nothing, so that it need not stay behind the consumer. */
  readonly purpose?: 'replay' | 'rebuild'
}

const POLL_MS = 250

interface Plan {
  /** Makes the group's name its own for ever: after a restore of the database, another task gets the same id. */
  readonly run: string
  readonly stretches: readonly Stretch[]
}

/**
 * Delivers again what topics still hold, up to where the consumer has come: it must not overtake it. A reader of its own goes beside the
 * consumer, which goes on meanwhile and keeps its offsets: no member has to leave, whatever the number of instances, and the inbox absorbs
 * what was handled.
 */
export function topicReplay(options: TopicReplayOptions): TaskKind {
  const { kafka, service, purpose = 'replay' } = options
  const groupOf = ({ id, plan }: Pick<Task, 'id' | 'plan'>) => `${service.name}.${purpose}-${id}-${(plan as Plan).run}`
  let reader: ReplayReader | undefined

  async function close() {
    await reader?.stop()
    reader = undefined
  }

  async function step(task: Task): Promise<TaskStep | null> {
    const { plan, done, ratePerSecond } = task
    reader ??= await createReplayReader(options, { groupId: groupOf(task), stretches: (plan as Plan).stretches, ratePerSecond })
    const read = await reader.progress().catch(async (error) => {
      await close() // and begin again where it had committed
      throw error
    })
    if (read.over && read.done <= done) return null
    return { position: null, done: Math.max(0, read.done - done), failed: 0, restMs: POLL_MS }
  }

  return {
    plan: (request) => planOf(options, request),
    step,
    close,
    ended: (task) => kafka.deleteGroup(groupOf(task)).catch(() => undefined), // where it cannot, Kafka forgets the group by its age
  }
}

async function planOf(options: TopicReplayOptions, { topic, from }: TaskRequest): Promise<Planned> {
  const topics = topicsOf(options.service, topic as string | undefined)
  const found = (await Promise.all(topics.map((one) => stretchesOf(options, one, from as ReplayFrom)))).flat()
  const stretches = found.filter((one) => lengthOf(one) > 0).map(({ rest: _rest, ...stretch }) => stretch)
  const would = stretches.reduce((sum, stretch) => sum + lengthOf(stretch), 0)
  return { plan: { run: randomUUID(), stretches } satisfies Plan, total: would, would, orders: null, sample: found.flatMap(shown) }
}

const lengthOf = ({ from, to }: Stretch) => Math.max(0, Number(BigInt(to) - BigInt(from)))

/** What would be read, and in words what not. */
function shown({ rest, ...stretch }: Found): Planned['sample'] {
  const { topic, partition } = stretch
  if (lengthOf(stretch) > 0) return [{ ...stretch, ...(rest && { rest }) }]
  return rest ? [{ topic, partition, rest }] : []
}

function topicsOf({ name, consumes }: ReplayReaderOptions['service'], asked: string | undefined): string[] {
  const topics: string[] = Object.keys(consumes).map((emitter) => topicOf(emitter as Emitter))
  if (asked === undefined) return topics
  if ([...topics, ...topics.map((topic) => replayTopicOf(topic, name))].includes(asked)) return [asked]
  throw new MessageError('TASK_REFUSED', `${name} does not read ${asked}: it reads ${topics.join(', ')}`)
}

type Found = Stretch & Pick<End, 'rest'>

async function stretchesOf(options: TopicReplayOptions, topic: string, from: ReplayFrom): Promise<Found[]> {
  const { kafka } = options
  const [ranges, begin, end] = await Promise.all([kafka.topicOffsets(topic), beginningsOf(kafka, topic, from), endsOf(options, topic)])
  return ranges.flatMap((range) => {
    const first = begin(range)
    return BigInt(first) < BigInt(range.high) ? [{ topic, partition: range.partition, from: first, ...end(range) }] : []
  })
}

interface End {
  readonly to: string
  /** Why what lies beyond is left out. */
  readonly rest?: string
}

/** Beyond where the consumer has committed it reads itself: an order's later events would otherwise come before its earlier ones. */
async function endsOf({ kafka, service, purpose }: TopicReplayOptions, topic: string): Promise<(range: PartitionRange) => End> {
  const { name, consumes } = service
  const consumed = Object.keys(consumes).some((emitter) => topicOf(emitter as Emitter) === topic)
  if (!consumed || purpose === 'rebuild') return ({ high }) => ({ to: high })
  const committed = await kafka.groupOffsets(name, [topic])
  return ({ partition, low, high }) => {
    const at = committed.find((one) => one.partition === partition)?.offset ?? null
    if (at === null) return { to: low, rest: `${name} has committed no offset here yet, and reads all of it itself` }
    if (BigInt(at) >= BigInt(high)) return { to: high }
    return { to: at, rest: `${name} has come to ${at} of ${high}, and reads on from there itself` }
  }
}

/** The first record to read, of each partition; what retention has taken cannot be read. */
async function beginningsOf(kafka: ReplayingKafka, topic: string, from: ReplayFrom): Promise<(range: PartitionRange) => string> {
  if (from === 'beginning') return ({ low }) => low
  const offsets = 'date' in from ? await kafka.offsetsAt(topic, new Date(from.date)) : from.offsets
  return ({ partition, low, high }) => {
    const named = offsets.find((at) => at.topic === topic && at.partition === partition)?.offset
    if (named === undefined || BigInt(named) < 0n) return high
    return BigInt(named) > BigInt(low) ? named : low
  }
}
