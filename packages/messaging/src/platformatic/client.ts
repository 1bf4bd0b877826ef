import type { Base, BaseOptions, ConnectionPool } from '@platformatic/kafka'

export interface Address {
  readonly host: string
  readonly port: number
}

/** The part of pino's logger that is used here. The library itself logs nothing unless DEBUG asks for it. */
export interface KafkaLog {
  debug(fields: object, message: string): void
}

/** How to reach Kafka through @platformatic/kafka. */
export interface PlatformaticOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly log: KafkaLog
  readonly sessionMs?: number
  /** Leads connections elsewhere. A broker tells clients its own address, so only so can a test put a proxy in between. */
  readonly reroute?: (broker: Address) => Address
}

/**
 * What every client is told. None tries anything again by itself, since whoever asks decides: a failed send is begun anew by the relay,
 * and a commit that the library repeats would first join the group again, and then commit for partitions that others have by now.
 */
export const settingsOf = ({ brokers, clientId }: PlatformaticOptions) =>
  ({
    clientId,
    bootstrapBrokers: startingAnywhere(brokers),
    connectTimeout: 3_000,
    requestTimeout: 8_000,
    retries: 0,
    autocreateTopics: false,
    metadataMaxAge: 300_000,
  }) satisfies BaseOptions

/** The library asks the first of its list first, also one that is frozen; the next client begins with another. */
function startingAnywhere(brokers: readonly string[]): string[] {
  const first = Math.floor(Math.random() * brokers.length)
  return [...brokers.slice(first), ...brokers.slice(0, first)]
}

const KEEP_ALIVE_MS = 10_000

/** The library sends without delay, but notices no peer that is gone while nothing is sent. */
export function wired<Client extends Base>(client: Client, { reroute }: PlatformaticOptions): Client {
  const { connections } = client
  connections.on('connect', ({ connection }) => connection.socket.setKeepAlive(true, KEEP_ALIVE_MS))
  if (reroute) lead(connections, reroute)
  return client
}

type Get = (broker: Address, callback?: unknown) => never

/** It has no socket factory, but every connection comes from its pool. */
function lead(pool: ConnectionPool, reroute: (broker: Address) => Address) {
  const get = pool.get.bind(pool) as unknown as Get
  const getEstablished = pool.getEstablishedConnection.bind(pool)
  const there = (broker: Address | undefined) => (broker ? reroute(broker) : broker) as Address // undefined: nobody leads, or coordinates
  pool.get = ((broker, callback) => get(there(broker), callback)) as Get
  pool.getEstablishedConnection = (broker) => getEstablished(there(broker))
}
