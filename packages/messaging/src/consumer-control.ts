import { type Background, createBackground, type Turns } from './background.ts'
import type { Consumer } from './consumer.ts'
import { MessageError } from './errors.ts'
import type { TopicPartition } from './kafka.ts'
import type { ConsumerPause, PauseStore } from './postgres/consumer-pause.ts'
import type { Pause } from './waker.ts'

/** Whether this process consumes; the pause is the whole service's, as far as this process knows. */
export interface ConsumerState {
  readonly joined: boolean
  readonly paused: ConsumerPause | null
  readonly lastProgressSeconds: number
  readonly partitions: readonly TopicPartition[]
}

export interface ConsumerControl {
  state(): ConsumerState
  /**
   * No instance takes more records, also after a restart; each stays a member, and its partitions stand still. Here at once, elsewhere
   * within a second. Throws `ALREADY_PAUSED`, with who did it.
   */
  pause(reason: string, by: string): Promise<void>
  /** The pause that is over now; null where there was none. */
  resume(): Promise<ConsumerPause | null>
}

export interface ConsumerControlOptions {
  readonly consumer: Pick<Consumer, 'start' | 'pause' | 'resume' | 'joined' | 'paused' | 'lastProgress' | 'assigned'>
  readonly store: PauseStore
  readonly log: { info(fields: object, message: string): void }
  readonly onError: (error: unknown, what: string) => void
  readonly pause: Pause
  readonly everyMs?: number
}

/** Starts the consumer once it is known whether it is paused, and has it follow the database from then on. */
export function createConsumerControl(options: ConsumerControlOptions): ConsumerControl & Background {
  const { consumer, store, log, onError, pause, everyMs = 1_000 } = options
  let paused: ConsumerPause | null = null
  let changes = 0
  let joins = false

  function apply(found: ConsumerPause | null) {
    paused = found
    changes += 1
    if (consumer.paused === (found !== null)) return
    if (found) consumer.pause()
    else consumer.resume()
    log.info({ ...found }, found ? 'consumer is paused' : 'consumer goes on')
  }

  /** What was read before a change here tells nothing any more. */
  async function look() {
    const before = changes
    const found = await store.read()
    if (changes === before) apply(found)
    if (!joins) void consumer.start()
    joins = true
  }

  /** While nobody can tell, it goes on as it is. */
  async function run({ running, rest }: Turns) {
    while (running()) {
      await look().catch((error) => onError(error, 'whether the consumer is paused could not be read'))
      await rest(everyMs)
    }
  }

  return {
    state: () => ({
      joined: consumer.joined,
      paused,
      lastProgressSeconds: Math.round((Date.now() - consumer.lastProgress) / 1_000),
      partitions: consumer.assigned,
    }),
    async pause(reason, by) {
      const { begun, ...standing } = await store.begin(reason, by)
      apply(standing)
      if (!begun) throw new MessageError('ALREADY_PAUSED', toldOf(standing))
    },
    async resume() {
      const ended = await store.end()
      apply(null)
      return ended
    },
    ...createBackground(pause, run),
  }
}

const toldOf = ({ by, since, reason }: ConsumerPause) =>
  `by ${by} since ${since.toISOString()}: "${reason}"; POST /admin/consumer/resume ends it`
