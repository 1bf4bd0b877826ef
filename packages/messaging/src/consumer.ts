import { topicOf } from '@quadrille/contracts'
import type { Collector } from './collector.ts'
import { describeError } from './errors.ts'
import type { Instruments } from './instruments.ts'
import { createIntake } from './intake.ts'
import type { Kafka, TopicPartition } from './kafka.ts'
import { createMembership } from './membership.ts'
import { createOffsets } from './offsets.ts'
import { createProgress } from './progress.ts'
import type { Reader, Reads } from './reads.ts'
import { type Pause, pause as patience, within } from './waker.ts'

export interface ConsumerLog {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface ConsumerOptions {
  readonly kafka: Pick<Kafka, 'consume' | 'topicOffsets'>
  readonly service: Reader & { readonly name: string }
  readonly reads: Reads
  readonly collector: Pick<Collector, 'add' | 'size' | 'drained'>
  readonly instruments?: Pick<Instruments, 'process' | 'consumed' | 'skipped' | 'assigned'>
  readonly log: ConsumerLog
  /** Consumption has ended for good: the process must exit and be started again. */
  readonly onFatal: (error: unknown) => void
  /** With more inputs than this in the collector, deliveries wait too. */
  readonly mostWaiting?: number
  readonly commitEveryMs?: number
  /** How long `stop` waits for the inputs on their way; the rest is delivered again to whoever comes next. */
  readonly drainMs?: number
  readonly pause?: Pause
  readonly now?: () => number
}

/** A service's membership of its consumer group. */
export interface Consumer {
  /** Joins, however long Kafka is away; resolves once consumption runs. */
  start(): Promise<void>
  pause(): void
  resume(): void
  /** Pauses, lets the collector drain, commits, then leaves: the other way round the commit would fail. */
  stop(): Promise<void>
  readonly joined: boolean
  /** The partitions whose records it should be finishing now: none while it is paused. */
  readonly reading: readonly TopicPartition[]
  readonly assigned: readonly TopicPartition[]
  readonly paused: boolean
  /** When a record was last finished, by `now`. */
  readonly lastProgress: number
  /** How long records have been waiting without any being finished; 0 when none waits. */
  readonly stalledMs: number
}

/** Feeds the collector from Kafka, and commits to Kafka only what the database has. */
export function createConsumer(options: ConsumerOptions): Consumer {
  const { service, collector, commitEveryMs = 1_000, drainMs = 5_000, pause = patience, now = Date.now } = options
  const ending = new AbortController()
  const offsets = createOffsets()
  const progress = createProgress(offsets, now)
  const shared = { ...options, commitEveryMs, pause, offsets, ending: ending.signal }
  const deliver = createIntake({ ...shared, onDelivered: progress.delivered, onDone: progress.done })
  const topics = Object.keys(service.consumes).map((emitter) => topicOf(emitter as never))
  let assigned: readonly TopicPartition[] = []
  let paused = false
  const told = listeners(options, (partitions) => {
    offsets.clear()
    assigned = partitions
  })
  const member = createMembership({ ...shared, consume: { groupId: service.name, topics, deliver, ...told } })
  let committing: Promise<unknown> = Promise.resolve()

  return {
    async start() {
      await member.join()
      if (paused) member.consumption?.pause()
      if (ending.signal.aborted) await member.consumption?.stop()
      else committing = member.commitOften()
    },
    pause() {
      paused = true
      member.consumption?.pause()
    },
    resume() {
      paused = false
      member.consumption?.resume()
    },
    async stop() {
      ending.abort()
      member.consumption?.pause()
      await within(pause, drainMs, collector.drained())
      await within(pause, LAST_COMMIT_MS, committing.then(member.commit))
      await within(pause, LEAVE_MS, member.consumption?.stop())
    },
    get joined() {
      return member.consumption?.joined ?? false
    },
    get reading() {
      return paused ? [] : assigned
    },
    get paused() {
      return paused
    },
    get assigned() {
      return assigned
    },
    get lastProgress() {
      return progress.lastDone
    },
    get stalledMs() {
      return progress.stalledMs
    },
  }
}

const LAST_COMMIT_MS = 1_000
const LEAVE_MS = 1_500

const listeners = ({ log, instruments, onFatal }: ConsumerOptions, onAssigned: (partitions: readonly TopicPartition[]) => void) => ({
  onAssigned(partitions: readonly TopicPartition[]) {
    onAssigned(partitions)
    instruments?.assigned()
    log.info({}, 'consumer was assigned its partitions')
  },
  onCrash(error: Error, restarts: boolean) {
    if (restarts) return log.warn({ error: describeError(error) }, 'consumer lost Kafka and joins again')
    log.error({ error: describeError(error) }, 'consumer ended')
    onFatal(error)
  },
})
