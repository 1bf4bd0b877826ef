import { connect as connectSocket } from 'node:net'
import { type ISocketFactory, Kafka as KafkaJs, type RetryOptions } from 'kafkajs'
import type { ReplayingKafka } from '../kafka.ts'
import { createAdmin, createTopics, groupMembers, groupOffsets, offsetsAt, topicOffsets } from './admin.ts'
import { consume } from './consumption.ts'
import { type KafkaLog, logsTo, quietLevel } from './log.ts'
import { connectProducer } from './producer.ts'

interface Address {
  readonly host: string
  readonly port: number
}

/** How to reach Kafka through kafkajs. */
export interface KafkaJsOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly log: KafkaLog
  readonly sessionMs?: number
  /** Leads connections elsewhere. A broker tells clients its own address, so only so can a test put a proxy in between. */
  readonly reroute?: (broker: Address) => Address
}

// Whoever sends decides himself when to try again; a consumer has nobody above it, and gives up only to begin anew.
const NEVER: RetryOptions = { retries: 0 }
const SELDOM: RetryOptions = { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000 }
const OFTEN: RetryOptions = { retries: 8, initialRetryTime: 100, maxRetryTime: 2_000 }

/** Kafka through kafkajs 2.2.4, which speaks to Kafka 4 since KIP-896 kept the requests it knows. */
export function createKafkaJs({
  brokers,
  clientId,
  log,
  sessionMs = 10_000,
  reroute = (broker) => broker,
}: KafkaJsOptions): ReplayingKafka {
  const client = (retry: RetryOptions) =>
    new KafkaJs({
      brokers: [...brokers],
      clientId,
      retry,
      connectionTimeout: 3_000,
      requestTimeout: 8_000,
      logLevel: quietLevel,
      logCreator: logsTo(log),
      socketFactory: socketsTo(reroute),
    })
  const admin = createAdmin(client(SELDOM))
  return {
    connectProducer: () => connectProducer(client(NEVER)),
    consume: (options) => consume(client(OFTEN), { sessionMs, maxWaitMs: 500 }, options),
    createTopics: (topics) => admin.ask((asked) => createTopics(asked, topics)),
    groupOffsets: (groupId, topics) => admin.ask((asked) => groupOffsets(asked, groupId, topics)),
    topicOffsets: (topic) => admin.ask((asked) => topicOffsets(asked, topic)),
    offsetsAt: (topic, time) => admin.ask((asked) => offsetsAt(asked, topic, time)),
    deleteGroup: (groupId) => admin.ask(async (asked) => void (await asked.deleteGroups([groupId]))),
    groupMembers: (groupId) => admin.ask((asked) => groupMembers(asked, groupId)),
    disconnect: admin.disconnect,
  }
}

/** Without Nagle's algorithm, which kafkajs leaves on: small requests would wait for the acknowledgement of the one before. */
const socketsTo =
  (reroute: (broker: Address) => Address): ISocketFactory =>
  ({ host, port, onConnect }) =>
    connectSocket({ ...reroute({ host, port }), noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 }, onConnect)
