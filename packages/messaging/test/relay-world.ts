import { type OutgoingRecord, type Producer, SendError } from '../src/kafka.ts'
import { createRelay, type Relay, type RelayOptions } from '../src/relay.ts'
import { createMemoryOutbox } from './memory-outbox.ts'
import { createVirtualTime } from './virtual-time.ts'

/** What Kafka does with the next send; by default it takes 1 ms and works. */
export type Send = (records: readonly OutgoingRecord[], append: (records: readonly OutgoingRecord[]) => void) => Promise<void>

export const nameOf = ({ key, headers }: OutgoingRecord) => `${key}${headers.ce_sequence}`

/** One outbox, one Kafka, virtual time, and relays over them. */
export function createWorld() {
  const time = createVirtualTime()
  const outbox = createMemoryOutbox(time.now)
  const log: string[] = []
  const sends: { producer: number; at: number; names: string[] }[] = []
  const said: { level: string; message: string; fields: object }[] = []
  const fatal: unknown[] = []
  const reads: number[] = []
  const append = (records: readonly OutgoingRecord[]) => void log.push(...records.map(nameOf))
  const world = { producers: 0, connected: 0, inFlight: 0, mostInFlight: 0, send: kindly as Send }

  async function kindly(records: readonly OutgoingRecord[]) {
    await time.pause(1, new AbortController().signal)
    append(records)
  }

  async function connectProducer(): Promise<Producer> {
    const producer = ++world.producers
    world.connected += 1
    return {
      async send(records) {
        sends.push({ producer, at: time.now(), names: records.map(nameOf) })
        world.mostInFlight = Math.max(world.mostInFlight, ++world.inFlight)
        await world.send(records, append).finally(() => world.inFlight--)
      },
      disconnect: async () => void world.connected--,
    }
  }

  const store = {
    ...outbox,
    markAndRead: async (...args: Parameters<typeof outbox.markAndRead>) => {
      reads.push(time.now())
      return await outbox.markAndRead(...args)
    },
  }

  function relay(owner = 'one', more: Partial<RelayOptions> = {}): Relay {
    const say = (level: string) => (fields: object, message: string) => void said.push({ level, message, fields })
    const logger = { info: say('info'), warn: say('warn'), error: say('error') }
    const { now, pause } = time
    return createRelay({ store, connectProducer, owner, log: logger, onFatal: (error) => fatal.push(error), now, pause, ...more })
  }

  return Object.assign(world, { ...time, outbox, store, log, sends, said, fatal, reads, kindly, relay })
}

export const unreachable = () => Promise.reject(new SendError('environment', 'not connected'))

/** As the broker does: one record too large refuses the whole request. */
export const refusing =
  (poison: string, otherwise: Send): Send =>
  (records, append) =>
    records.some((record) => nameOf(record) === poison) ? Promise.reject(new SendError('record', 'too large')) : otherwise(records, append)
