import type { Consumer } from './consumer.ts'
import type { TopicPartition } from './kafka.ts'

/** Whether this process consumes; each instance of a service is asked, and told, by itself. */
export interface ConsumerState {
  readonly joined: boolean
  readonly paused: { readonly reason: string; readonly since: Date } | null
  readonly lastProgressSeconds: number
  readonly partitions: readonly TopicPartition[]
}

export interface ConsumerControl {
  state(): ConsumerState
  /** Takes no more records, and stays a member: its partitions stand still. A new process begins unpaused. */
  pause(reason: string): void
  resume(): void
}

export function createConsumerControl(consumer: Consumer): ConsumerControl {
  let paused: ConsumerState['paused'] = null
  return {
    state: () => ({
      joined: consumer.joined,
      paused,
      lastProgressSeconds: Math.round((Date.now() - consumer.lastProgress) / 1_000),
      partitions: consumer.assigned,
    }),
    pause(reason) {
      paused = { reason, since: new Date() }
      consumer.pause()
    },
    resume() {
      paused = null
      consumer.resume()
    },
  }
}
