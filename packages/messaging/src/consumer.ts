import { setTimeout as wait } from 'node:timers/promises'
import { topicOf } from '@quadrille/contracts'
import { backoff } from './backoff.ts'
import type { Collector } from './collector.ts'
import { describeError } from './errors.ts'
import type { Instruments } from './instruments.ts'
import { createIntake } from './intake.ts'
import type { Consumption, Kafka, PartitionOffset, TopicPartition } from './kafka.ts'
import { createOffsets, type Offsets } from './offsets.ts'
import type { Reader, Reads } from './reads.ts'
import { type Pause, within } from './waker.ts'

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
  const { kafka, service, collector, log, commitEveryMs = 1_000, drainMs = 5_000, pause = patience, now = Date.now } = options
  const ending = new AbortController()
  const offsets = createOffsets()
  let lastProgress = now()
  let open = 0
  let moved = lastProgress
  const onDelivered = (at: PartitionOffset) => {
    offsets.delivered(at)
    if (open === 0) moved = now()
    open += 1
  }
  const onDone = (at: PartitionOffset) => {
    offsets.done(at)
    open -= 1
    lastProgress = now()
    moved = lastProgress
  }
  const deliver = createIntake({ ...options, onDelivered, onDone, pause, ending: ending.signal })
  const topics = Object.keys(service.consumes).map((emitter) => topicOf(emitter as never))
  let assigned: readonly TopicPartition[] = []
  let paused = false
  const told = listeners(options, (partitions) => {
    offsets.clear()
    assigned = partitions
  })
  let consumption: Consumption | undefined
  let committing: Promise<unknown> = Promise.resolve()

  async function join() {
    for (let attempt = 1; !consumption && !ending.signal.aborted; attempt += 1) {
      try {
        // kafkajs leaves and joins the group ten times a second while a new topic has no leader yet: ask for that first
        await Promise.all(topics.map((topic) => kafka.topicOffsets(topic)))
        consumption = await kafka.consume({ groupId: service.name, topics, deliver, ...told })
        if (paused) consumption.pause()
      } catch (error) {
        log.warn({ attempt, error: describeError(error) }, 'consumer cannot join yet')
        await pause(backoff(attempt, { from: 100, to: 5_000 }), ending.signal).catch(nothing)
      }
    }
  }

  const commit = () => commitMoved(offsets, consumption, log)

  async function commitOften() {
    while (!ending.signal.aborted) {
      await pause(commitEveryMs, ending.signal).catch(nothing)
      await commit()
    }
  }

  return {
    async start() {
      await join()
      if (ending.signal.aborted) await consumption?.stop()
      else committing = commitOften()
    },
    pause() {
      paused = true
      consumption?.pause()
    },
    resume() {
      paused = false
      consumption?.resume()
    },
    async stop() {
      ending.abort()
      consumption?.pause()
      await within(pause, drainMs, collector.drained())
      await within(pause, LAST_COMMIT_MS, committing.then(commit))
      await within(pause, LEAVE_MS, consumption?.stop())
    },
    get joined() {
      return consumption?.joined ?? false
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
      return lastProgress
    },
    get stalledMs() {
      return open === 0 ? 0 : now() - moved
    },
  }
}

const LAST_COMMIT_MS = 1_000
const LEAVE_MS = 1_500

const patience: Pause = (ms, signal) => wait(ms, undefined, { signal })
const nothing = () => undefined

/** A commit that fails costs repeats, which the claim absorbs. */
async function commitMoved(offsets: Offsets, consumption: Consumption | undefined, log: ConsumerLog) {
  const moved = offsets.committable()
  if (!consumption || moved.length === 0) return
  try {
    await consumption.commit(moved)
    offsets.committed(moved)
  } catch (error) {
    log.debug({ error: describeError(error) }, 'offsets were not committed')
  }
}

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
