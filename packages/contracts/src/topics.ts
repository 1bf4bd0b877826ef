import { catalogue, type Emitter } from './catalogue.ts'

/** Of every topic, for ever: a partition added moves keys, and with them breaks the order of an order's events. */
export const PARTITIONS = 12

const DAY_MS = 86_400_000

/** How long events stay in their topics. */
export const EVENT_DAYS = 7

export interface Topic {
  readonly name: string
  readonly partitions: number
  readonly retentionMs: number
  /** The broker's default where it is not set. */
  readonly maxMessageBytes?: number
}

/** The topic a service publishes its events to. */
export const topicOf = <E extends Emitter>(emitter: E): `${E}.v1` => `${emitter}.v1`

/** The topic of a consumer's dead letters. */
export const dlqTopic = <Consumer extends string>(consumer: Consumer): `${Consumer}.dlq` => `${consumer}.dlq`

const services = Object.keys(catalogue) as Emitter[]

/** Every topic; they are created from this list and never by the broker itself. */
export const topics: readonly Topic[] = [
  ...services.map((service) => ({ name: topicOf(service), partitions: PARTITIONS, retentionMs: EVENT_DAYS * DAY_MS })),
  // A letter is the refused record plus the reasons: it must fit also where the record itself just did (1 MB).
  ...services.map((service) => ({
    name: dlqTopic(service),
    partitions: PARTITIONS,
    retentionMs: 30 * DAY_MS,
    maxMessageBytes: 2 * 1024 * 1024,
  })),
]
