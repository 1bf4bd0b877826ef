import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { PARTITIONS, partitionFor } from '@quadrille/contracts'
import { type KafkaMessage, Partitioners } from 'kafkajs'
import { KafkaRefusal } from '../src/kafka.ts'
import { asRefusal, asSendError } from '../src/kafkajs/failure.ts'
import { logsTo } from '../src/kafkajs/log.ts'
import { toMessage, toTopicMessages } from '../src/kafkajs/message.ts'
import { blamed, refused } from './kafka-failures.ts'

const failure = (type: string, name = 'KafkaJSProtocolError') => Object.assign(new Error(type), { type, name })
const wrapped = (cause: Error) => new Error('retries exceeded', { cause: new Error('non-retriable', { cause }) })

describe('kafkajs, when a send fails', () => {
  it.each([...blamed, ['SASL_AUTHENTICATION_FAILED', 'authorization']])('blames for %s: %s', (type, kind) => {
    expect(asSendError(failure(type)).kind).toBe(kind)
    expect(asSendError(wrapped(failure(type))).kind).toBe(kind)
  })

  it('blames the environment for what it does not know, bugs of the client included', () => {
    expect(
      [new TypeError('x is undefined'), new Error('closed connection'), 'text', undefined].map((error) => asSendError(error).kind),
    ).toEqual(Array(4).fill('environment'))
  })
})

describe('kafkajs, when a question fails', () => {
  it.each([...refused, 'SASL_AUTHENTICATION_FAILED'])('takes %s for a refusal', (type) => {
    expect(asRefusal(wrapped(failure(type)))).toBeInstanceOf(KafkaRefusal)
  })

  it('says which topic was refused, and for what', () => {
    const errors = [failure('TOPIC_ALREADY_EXISTS'), Object.assign(failure('INVALID_CONFIG'), { topic: 'orders.v1' })]
    expect(asRefusal(Object.assign(new Error('Topic creation errors'), { errors }))).toMatchObject({
      message: 'topic orders.v1: INVALID_CONFIG',
    })
  })

  it('leaves alone what may pass', () => {
    for (const error of [
      failure('INVALID_REPLICATION_FACTOR'),
      failure('UNKNOWN_TOPIC_OR_PARTITION'),
      new Error('closed connection'),
      'text',
    ])
      expect(asRefusal(error)).toBe(error)
  })
})

describe('kafkajs, when records come and go', () => {
  it('agrees with contracts about the partition of a key', () => {
    const choose = Partitioners.DefaultPartitioner()
    const partitionMetadata = Array.from({ length: PARTITIONS }, (_, partitionId) => ({ partitionId, leader: 1 })) as never
    for (const key of Array.from({ length: 200 }, () => randomUUID()))
      expect(choose({ topic: 't', partitionMetadata, message: { key, value: null } })).toBe(partitionFor(key, PARTITIONS))
  })

  it('lets only bytes through where a header is named like what every object inherits', () => {
    const inherited = {}.constructor
    const headers = { constructor: [inherited, Buffer.from('c')], none: null, pair: [Buffer.from('1'), null] } as never
    const message = { offset: '1', timestamp: '2', key: null, value: null, headers } as unknown as KafkaMessage
    expect(toMessage({ topic: 't', partition: 3 }, message).headers).toEqual({
      constructor: Buffer.from('c'),
      none: Buffer.alloc(0),
      pair: [Buffer.from('1'), Buffer.alloc(0)],
    })
  })

  it('sends in one request, by topic and in the order given', () => {
    const record = (topic: string, value: string) => ({ topic, partition: 0, key: null, value, headers: {} })
    const sent = toTopicMessages([record('a', '1'), record('b', '2'), record('a', '3')])
    expect(sent.map(({ topic, messages }) => [topic, messages.map(({ value }) => value)])).toEqual([
      ['a', ['1', '3']],
      ['b', ['2']],
    ])
  })

  it('logs whatever kafkajs says for debugging only', () => {
    const lines: unknown[] = []
    const write = logsTo({ debug: (fields, message) => lines.push([fields, message]) })(1)
    write({
      namespace: 'Connection',
      level: 1,
      label: 'ERROR',
      log: { message: 'closed', logger: 'kafkajs', timestamp: 'now', broker: 'b' },
    })
    expect(lines).toEqual([[{ kafkajs: 'Connection', broker: 'b' }, 'closed']])
  })
})
