import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import {
  AuthenticationError,
  crc32c,
  MultipleErrors,
  NetworkError,
  ProtocolError,
  Reader,
  type RecordsBatch,
  ResponseError,
  readRecordsBatches,
  UserError,
} from '@platformatic/kafka'
import fc from 'fast-check'
import { KafkaRefusal, SendError } from '../src/kafka.ts'
import { Deliveries } from '../src/platformatic/deliveries.ts'
import { asRefusal, asSendError, isCalled, needsRejoin } from '../src/platformatic/failure.ts'
import type { Lane } from '../src/platformatic/lane.ts'
import { toMessages } from '../src/platformatic/message.ts'
import { encodeBatch } from '../src/platformatic/record-batch.ts'
import { blamed, refused } from './kafka-failures.ts'

const PRODUCE = 0
const failure = (name: string) => new ProtocolError(name)
const wrapped = (cause: Error) => new MultipleErrors('Producing messages failed.', [new MultipleErrors('produce failed 1 times.', [cause])])

describe('platformatic, when a send fails', () => {
  it.each(blamed)('blames for %s: %s', (name, kind) => {
    expect(asSendError(failure(name)).kind).toBe(kind)
    expect(asSendError(wrapped(failure(name))).kind).toBe(kind)
  })

  it('blames the record that the broker points at, though it calls that unknown', () => {
    const errors = {
      '/responses/0/partition_responses/0/record_errors/0': [-1, 'no key'],
      '/responses/0/partition_responses/0': [87, 'One or more records have been rejected'],
    } as const
    const refused = new ResponseError(PRODUCE, 11, errors as never, {})
    expect(asSendError(wrapped(refused))).toMatchObject({ kind: 'record', message: 'One or more records have been rejected' })
  })

  it('blames the rights of a client whose password is refused', () => {
    const refused = new NetworkError('Connection to a:1 failed.', {
      cause: new AuthenticationError('SASL authentication failed.', { cause: failure('SASL_AUTHENTICATION_FAILED') }),
    })
    expect(asSendError(refused).kind).toBe('authorization')
  })

  it('blames the environment for what it does not know, bugs of the client included', () => {
    const others = [
      new TypeError('x is undefined'),
      new NetworkError('Connection closed'),
      new UserError('Unknown topic t.'),
      'text',
      undefined,
    ]
    expect(others.map((error) => asSendError(error).kind)).toEqual(Array(5).fill('environment'))
    expect(asSendError(new SendError('record', 'ours'))).toMatchObject({ kind: 'record', message: 'ours' })
  })
})

describe('platformatic, when a question fails', () => {
  it.each(refused)('takes %s for a refusal', (name) => {
    expect(asRefusal(wrapped(failure(name)))).toBeInstanceOf(KafkaRefusal)
  })

  it('says which topic was refused, and for what', () => {
    const error = new ProtocolError('INVALID_CONFIG', 'Invalid value -5 for configuration retention.ms')
    expect(asRefusal(wrapped(error), 'orders.v1').message).toBe('topic orders.v1: Invalid value -5 for configuration retention.ms')
  })

  it('leaves alone what may pass, and says what it was', () => {
    expect(asRefusal(wrapped(failure('NOT_CONTROLLER')))).not.toBeInstanceOf(KafkaRefusal)
    expect(asRefusal(wrapped(new NetworkError('Connection closed'))).message).toBe('Connection closed')
    expect(asRefusal('text').message).toBe('text')
  })

  it('knows the protocol names in what is wrapped', () => {
    expect(isCalled(wrapped(failure('TOPIC_ALREADY_EXISTS')), 'TOPIC_ALREADY_EXISTS')).toBe(true)
    expect(['REBALANCE_IN_PROGRESS', 'UNKNOWN_MEMBER_ID', 'NOT_COORDINATOR'].map((name) => needsRejoin(wrapped(failure(name))))).toEqual([
      true,
      true,
      false,
    ])
  })
})

const batch = (firstOffset: bigint, values: string[], more: Partial<RecordsBatch> = {}) =>
  ({
    firstOffset,
    firstTimestamp: 1_700_000_000_000n,
    attributes: 0,
    lastOffsetDelta: values.length - 1,
    records: values.map((value, offsetDelta) => ({ offsetDelta, timestampDelta: 1n, key: null, value: Buffer.from(value), headers: [] })),
    ...more,
  }) as unknown as RecordsBatch

describe('platformatic, when records come and go', () => {
  const at = { topic: 't', partition: 3 }

  /** What a broker and a consumer make of a batch. */
  function read(bytes: Buffer) {
    expect(crc32c(bytes.subarray(21))).toBe(bytes.readUInt32BE(17))
    const [found, ...more] = readRecordsBatches(Reader.from(bytes))
    expect(more).toEqual([])
    expect(found).toMatchObject({ length: bytes.length - 12, magic: 2, producerId: -1n, lastOffsetDelta: found!.records.length - 1 })
    return toMessages(at, [found!], 0n).messages
  }

  const asBytes = (value: Buffer | string) => Buffer.from(value as string)

  function received(
    {
      key,
      value,
      headers,
    }: { key: Buffer | string | null; value: Buffer | string | null; headers: Record<string, Buffer | string | (Buffer | string)[]> },
    place: number,
  ) {
    const named = Object.entries(headers).map(([name, values]) => [
      String(Buffer.from(name)),
      Array.isArray(values) ? values.map(asBytes) : asBytes(values),
    ])
    return {
      ...at,
      offset: String(place),
      timestamp: '1700000000000',
      key: key === null ? null : asBytes(key),
      value: value === null ? null : asBytes(value),
      headers: Object.fromEntries(named),
    }
  }

  it('leaves out what was not asked for, and reads on behind what holds no record', () => {
    const { messages, next } = toMessages(at, [batch(5n, ['a', 'b', 'c']), batch(8n, ['end'], { attributes: 0b10_0000 })], 6n)
    expect(messages.map(({ offset, value, timestamp }) => [offset, String(value), timestamp])).toEqual([
      ['6', 'b', '1700000000001'],
      ['7', 'c', '1700000000001'],
    ])
    expect(next).toBe(9n)
    expect(toMessages(at, [], 6n)).toEqual({ messages: [], next: 6n })
  })

  it('sends a header as often as it is given', () => {
    const sent = { ...at, key: null, value: 'v', headers: { twice: ['1', '2'], none: undefined } }
    expect(read(encodeBatch([sent], 1))).toMatchObject([
      { key: null, value: Buffer.from('v'), headers: { twice: ['1', '2'].map((one) => Buffer.from(one)) } },
    ])
  })

  it('counts on where a number takes two bytes', () => {
    const many = Array.from({ length: 300 }, (_, place) => ({ ...at, key: String(place), value: null, headers: {} }))
    expect(read(encodeBatch(many, 1)).map(({ key, offset }) => [String(key), offset])).toEqual(many.map(({ key }) => [key, key]))
  })

  it('sends whatever a record holds as the library would read it', () => {
    const bytes = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.uint8Array().map((some) => Buffer.from(some)),
      fc.constantFrom('x'.repeat(70_000), 'é'.repeat(40)),
    )
    const headers = fc.dictionary(
      fc.string({ unit: 'binary' }).filter((name) => name !== '__proto__'),
      fc.oneof(bytes, fc.tuple(bytes, bytes)),
      { noNullPrototype: true },
    )
    const nullable = fc.option(bytes)
    const records = fc.array(fc.record({ key: nullable, value: nullable, headers }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(records, (some) => {
        const sent = some.map((one) => ({ ...at, ...one }))
        expect(isDeepStrictEqual(read(encodeBatch(sent, 1_700_000_000_000)), sent.map(received))).toBe(true) // jest's own compares byte by byte
      }),
      { numRuns: 100 },
    )
  })
})

describe('platformatic, when a delivery is not taken', () => {
  it('reads it again, and what was read after it', async () => {
    const lane: Lane = { topic: 't', partition: 0, next: 2n, batches: [], delivering: false, gone: false }
    const taken: string[][] = []
    const room = Promise.withResolvers<void>()
    const bugs: Error[] = []
    const deliver = async ({ messages }: { messages: readonly { offset: string }[] }) =>
      taken.push(messages.map(({ offset }) => offset)) > 1
    const deliveries = new Deliveries({ deliver, still: () => false, onRoom: room.resolve, onBug: (bug) => bugs.push(bug) })
    deliveries.lanes = [lane]
    deliveries.add(lane, { from: 0n, messages: toMessages(lane, [batch(0n, ['a'])], 0n).messages })
    deliveries.add(lane, { from: 1n, messages: toMessages(lane, [batch(1n, ['b'])], 1n).messages })
    await room.promise
    expect({ taken, next: lane.next, batches: lane.batches, bugs }).toEqual({ taken: [['0']], next: 0n, batches: [], bugs: [] })
  })
})

describe('platformatic, when nobody chose it', () => {
  it('is not loaded: nothing else of the package imports it', () => {
    const src = resolve(import.meta.dirname, '../src')
    const others = globSync('**/*.ts', { cwd: src }).filter((file) => !file.startsWith('platformatic/'))
    expect(others.length).toBeGreaterThan(50)
    expect(others.filter((file) => /from '[^']*platformatic/.test(readFileSync(join(src, file), 'utf8')))).toEqual([])
  })
})
