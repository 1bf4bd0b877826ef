import type { Collector } from './collector.ts'
import { describeError } from './errors.ts'
import type { Message } from './input.ts'
import type { Instruments } from './instruments.ts'
import type { Delivery, PartitionOffset } from './kafka.ts'
import { type Reads, toInput } from './reads.ts'
import { beginProcessing } from './tracing.ts'
import type { Pause } from './waker.ts'

export interface IntakeOptions extends Holding {
  readonly reads: Reads
  readonly collector: Pick<Collector, 'add' | 'size'>
  readonly instruments?: Pick<Instruments, 'process' | 'consumed' | 'skipped'>
  readonly mostWaiting?: number
  readonly onDelivered: (at: PartitionOffset) => void
  /** The database has it, or nobody here reads it. */
  readonly onDone: (at: PartitionOffset) => void
  readonly onFatal: (error: unknown) => void
}

export interface Holding {
  readonly log: { debug(fields: object, message: string): void }
  readonly pause: Pause
  readonly ending: AbortSignal
}

const LOOK_FOR_ROOM_MS = 50

/**
 * Turns deliveries into inputs of the collector. Never waits for their set, since kafkajs fetches nothing more while a
 * delivery is open (half the latency of a hop), and never throws for what a record is: one SyntaxError would end the consumer.
 */
export function createIntake(options: IntakeOptions): (delivery: Delivery) => Promise<boolean> {
  const { reads, collector, instruments, mostWaiting = 2_000, onDelivered, onDone, onFatal } = options

  /** With too many inputs waiting, Kafka is the queue. */
  const untilRoom = () => (collector.size > mostWaiting ? LOOK_FOR_ROOM_MS : 0)

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
    if (!(await heldBack(delivery, untilRoom, options))) return false
    instruments?.consumed(delivery.topic, delivery.messages.length)
    for (const message of delivery.messages) take(message)
    return true
  }
}

/**
 * Holds a delivery back while `waitMs` asks for it. The membership is kept meanwhile, and left to others if they need the partition:
 * false, and the delivery comes again.
 */
export async function heldBack({ heartbeat, stale }: Delivery, waitMs: () => number, { log, pause, ending }: Holding): Promise<boolean> {
  const leaves = () => ending.aborted || stale()
  try {
    for (let ms = waitMs(); ms > 0 && !leaves(); ms = waitMs()) {
      await pause(ms, ending)
      await heartbeat()
    }
    return !leaves()
  } catch (error) {
    log.debug({ error: describeError(error) }, 'a delivery was left')
    return false
  }
}
