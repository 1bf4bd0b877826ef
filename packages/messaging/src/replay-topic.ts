import { type Emitter, topicOf } from '@quadrille/contracts'
import type { Stretch } from './bookmarks.ts'
import { MessageError } from './errors.ts'
import type { PartitionOffset, PartitionRange, ReplayingKafka } from './kafka.ts'
import { createReplayReader, type ReplayReader, type ReplayReaderOptions } from './replay-reader.ts'
import type { Planned, TaskKind, TaskRequest, TaskStep } from './tasks.ts'

/** Where a replay begins: at the oldest record kept, at a time, or at offsets; partitions that are not named are left out. */
export type ReplayFrom = 'beginning' | { readonly date: string } | { readonly offsets: readonly PartitionOffset[] }

/** A topic that holds what one consumer missed: a copy of its emitter's outbox. */
export const replayTopicOf = (topic: string, consumer: string) => `${topic}.replay.${consumer}`

export interface TopicReplayOptions extends ReplayReaderOptions {
  readonly kafka: ReplayingKafka
  /** In the name of its group. */
  readonly purpose?: string
}

const POLL_MS = 250

/**
 * Delivers again what topics still hold, up to where they end now. A reader of its own goes beside the consumer, which goes on meanwhile
 * and keeps its offsets: no member has to leave, whatever the number of instances, and the inbox absorbs what was handled.
 */
export function topicReplay(options: TopicReplayOptions): TaskKind {
  const { kafka, service, purpose = 'replay' } = options
  let reader: ReplayReader | undefined

  async function close() {
    await reader?.stop()
    reader = undefined
  }

  async function step({ id, plan, done, ratePerSecond }: Parameters<TaskKind['step']>[0]): Promise<TaskStep | null> {
    const { stretches } = plan as { stretches: readonly Stretch[] }
    reader ??= await createReplayReader(options, { groupId: `${service.name}.${purpose}-${id}`, stretches, ratePerSecond })
    const read = await reader.progress().catch(async (error) => {
      await close() // and begin again where it had committed
      throw error
    })
    if (!read.over || read.done > done) return { position: null, done: Math.max(0, read.done - done), failed: 0, restMs: POLL_MS }
    await reader.forget()
    return null
  }

  return { plan: (request) => planOf(kafka, service, request), step, close }
}

async function planOf(kafka: ReplayingKafka, service: ReplayReaderOptions['service'], { topic, from }: TaskRequest): Promise<Planned> {
  const topics = topicsOf(service, topic as string | undefined)
  const found = await Promise.all(topics.map((one) => stretchesOf(kafka, one, from as ReplayFrom)))
  const stretches = found.flat().filter(({ from, to }) => BigInt(from) < BigInt(to))
  const would = stretches.reduce((sum, { from, to }) => sum + Number(BigInt(to) - BigInt(from)), 0)
  return { plan: { stretches }, total: would, would, orders: null, sample: stretches.map((stretch) => ({ ...stretch })) }
}

function topicsOf({ name, consumes }: ReplayReaderOptions['service'], asked: string | undefined): string[] {
  const topics: string[] = Object.keys(consumes).map((emitter) => topicOf(emitter as Emitter))
  if (asked === undefined) return topics
  if ([...topics, ...topics.map((topic) => replayTopicOf(topic, name))].includes(asked)) return [asked]
  throw new MessageError('TASK_REFUSED', `${name} does not read ${asked}: it reads ${topics.join(', ')}`)
}

async function stretchesOf(kafka: ReplayingKafka, topic: string, from: ReplayFrom): Promise<Stretch[]> {
  const [ranges, begin] = await Promise.all([kafka.topicOffsets(topic), beginningsOf(kafka, topic, from)])
  return ranges.map((range) => ({ topic, partition: range.partition, from: begin(range), to: range.high }))
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
