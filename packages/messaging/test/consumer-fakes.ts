import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { catalogue, type EventContract, encode } from '@quadrille/contracts'
import type { AnyInput, EventInput, InvalidInput, Message } from '../src/input.ts'
import type { ConsumeOptions, Delivery, Kafka, PartitionOffset } from '../src/kafka.ts'

export const orderId = '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e'
export const { OrderPlaced, OrderCancelled } = catalogue.orders

/** A record of orders.v1, of partition 0. */
export function recordOf(contract: EventContract, offset: number, changed: Partial<Message> = {}): Message {
  const stamp = { id: randomUUID(), time: '2026-11-22T15:04:05.678Z', correlationId: 'c-1', sequence: 1, traceparent: '' }
  const { key, value, headers } = encode(contract, contract.example, stamp)
  return {
    topic: 'orders.v1',
    partition: 0,
    offset: String(offset),
    timestamp: '0',
    key: Buffer.from(key),
    value: Buffer.from(value),
    headers,
    ...changed,
  }
}

/** A Kafka that delivers what it is told, when it is told, and remembers what was done to it, in order. */
export function fakeKafka(unreachable = 0) {
  const calls: string[] = []
  const commits: (readonly PartitionOffset[])[] = []
  let commitFails = false
  let group: ConsumeOptions | undefined
  const kafka: Pick<Kafka, 'consume' | 'topicOffsets'> = {
    topicOffsets: async () => [],
    async consume(options) {
      if (unreachable-- > 0) throw new Error('no broker')
      group = options
      return {
        joined: true,
        async commit(offsets) {
          calls.push('commit')
          if (commitFails) throw new Error('rebalance in progress')
          commits.push(offsets)
        },
        pause: () => void calls.push('pause'),
        resume: () => void calls.push('resume'),
        stop: async () => void calls.push('stop'),
      }
    },
  }
  return {
    kafka,
    calls,
    commits,
    failCommits: (fails: boolean) => (commitFails = fails),
    get group() {
      return group!
    },
    deliver: (messages: Message[], more: Partial<Delivery> = {}) =>
      group!.deliver({ topic: 'orders.v1', partition: 0, messages, heartbeat: async () => undefined, stale: () => false, ...more }),
  }
}

/** A collector whose inputs are saved when the test says so. */
export function fakeCollector() {
  const waiting: { input: EventInput | InvalidInput; saved: () => void }[] = []
  let drain: (() => void) | undefined
  return {
    waiting,
    add: (input: AnyInput) =>
      new Promise<unknown>((resolve) => waiting.push({ input: input as EventInput, saved: () => resolve(undefined) })),
    get size() {
      return waiting.length
    },
    drained: () =>
      new Promise<void>((resolve) => {
        drain = resolve
        if (waiting.length === 0) resolve()
      }),
    async save(count = waiting.length) {
      for (const { saved } of waiting.splice(0, count)) saved()
      if (waiting.length === 0) drain?.()
      await turn()
    },
  }
}

/** Remembers what was logged, as text. */
export function fakeLog() {
  const lines: string[] = []
  const write = (level: string) => (_: object, message: string) => void lines.push(`${level}: ${message}`)
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
