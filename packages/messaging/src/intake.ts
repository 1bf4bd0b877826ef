import type { Collector } from './collector.ts'
import { describeError } from './errors.ts'
import type { Message } from './input.ts'
import type { Instruments } from './instruments.ts'
import type { Delivery, PartitionOffset } from './kafka.ts'
import { type Reads, toInput } from './reads.ts'
import { beginProcessing } from './tracing.ts'
import type { Pause } from './waker.ts'

export interface IntakeOptions {
  readonly reads: Reads
  readonly collector: Pick<Collector, 'add' | 'size'>
  readonly instruments?: Pick<Instruments, 'process' | 'consumed' | 'skipped'>
  readonly log: { debug(fields: object, message: string): void }
  readonly mostWaiting?: number
  readonly onDelivered: (at: PartitionOffset) => void
  /** The database has it, or nobody here reads it. */
  readonly onDone: (at: PartitionOffset) => void
  readonly onFatal: (error: unknown) => void
  readonly pause: Pause
  readonly ending: AbortSignal
}

const LOOK_FOR_ROOM_MS = 50

/**
 * Turns deliveries into inputs of the collector. Never waits for their set, since kafkajs fetches nothing more while a
 * delivery is open (half the latency of a hop), and never throws for what a record is: one SyntaxError would end the consumer.
 */
export function createIntake(options: IntakeOptions): (delivery: Delivery) => Promise<boolean> {
  const { reads, collector, instruments, log, mostWaiting = 2_000, onDelivered, onDone, onFatal, pause, ending } = options

  /** With too many inputs waiting, Kafka is the queue. The membership is kept meanwhile, and left to others if they need the partition. */
  async function room({ heartbeat, stale }: Delivery): Promise<boolean> {
    const leaves = () => ending.aborted || stale()
    try {
      while (collector.size > mostWaiting && !leaves()) {
        await pause(LOOK_FOR_ROOM_MS, ending)
        await heartbeat()
      }
      return !leaves()
    } catch (error) {
      log.debug({ error: describeError(error) }, 'a delivery was left')
      return false
    }
  }

  function take(message: Message) {
    onDelivered(message)
    const input = toInput(reads, message)
    if (input === null) return skip(message)
    const traced = instruments ? beginProcessing(instruments, input) : input
    collector.add(traced).then(() => onDone(message), onFatal)
  }

  function skip(message: Message) {
    instruments?.skipped(message.topic)
    onDone(message)
  }

  return async (delivery) => {
    if (!(await room(delivery))) return false
    instruments?.consumed(delivery.topic, delivery.messages.length)
    for (const message of delivery.messages) take(message)
    return true
  }
}
