import type { EventContract } from './define.ts'
import {
  ContractError,
  type ContractErrorCode,
  describeIssues,
  type Envelope,
  HEADERS,
  isIdentifier,
  isOrderId,
  type KafkaRecord,
  type Stamp,
  stampSchema,
} from './envelope.ts'

/** What a record turned out to be. */
export type Decoded =
  | { kind: 'event'; envelope: Envelope; contract: EventContract; data: unknown }
  /** Of a type this reader does not consume: to be skipped and counted. */
  | { kind: 'unknown'; type: string; id: string; orderId: string | null }
  /** The message's own fault: a dead letter. `orderId` says what to park, if the key names an order. */
  | { kind: 'invalid'; code: ContractErrorCode; message: string; path?: string; id: string | null; orderId: string | null }

type Reads = ReadonlyMap<string, EventContract>

/** Reads a record. Total: whatever the bytes, it answers and never throws, for one SyntaxError would stop the Kafka client's consumer. */
export function decode(reads: Reads, record: KafkaRecord): Decoded {
  const id = headerOf(record, HEADERS.id)
  const orderId = orderIdOf(record.key)
  try {
    return known(reads, record, id, orderId)
  } catch (error) {
    const { code, message, path } = error instanceof ContractError ? error : new ContractError('UNDECODABLE', 'cannot be read')
    return { kind: 'invalid', code, message, ...(path && { path }), id: isIdentifier(id) ? id : null, orderId }
  }
}

// A type that nobody here declared ends in counters and logs.
const LONGEST_TYPE = 100

function known(reads: Reads, record: KafkaRecord, id: string | undefined, orderId: string | null): Decoded {
  const ceType = headerOf(record, HEADERS.type)
  if (!isIdentifier(id)) throw new ContractError('UNDECODABLE', 'no ce_id, or none that can be a key')
  if (!ceType) throw new ContractError('UNDECODABLE', 'no ce_type')
  if (record.value === null) throw new ContractError('UNDECODABLE', 'no value')
  const contract = reads.get(ceType.replace(/\.v\d+$/, ''))
  if (!contract) return { kind: 'unknown', type: ceType.slice(0, LONGEST_TYPE), id, orderId }
  if (orderId === null) throw new ContractError('UNDECODABLE', 'the key is no order id')
  if (ceType !== contract.ceType)
    throw new ContractError('CONTRACT_VERSION', `${ceType.slice(0, LONGEST_TYPE)} is read only as ${contract.ceType}`)
  const envelope = { ...contractAttributes(contract), orderId, ...stampOf(record) }
  return { kind: 'event', envelope, contract, data: dataOf(contract, orderId, record.value) }
}

/** Where the contract fixes an attribute, the contract is believed and not the sender. */
const contractAttributes = ({ emitter, type, version, dataschema }: EventContract) => ({ type, version, source: `/${emitter}`, dataschema })

function stampOf(record: KafkaRecord): Stamp {
  const sequence = headerOf(record, HEADERS.sequence) ?? ''
  const parsed = stampSchema.safeParse({
    id: headerOf(record, HEADERS.id),
    time: headerOf(record, HEADERS.time),
    correlationId: headerOf(record, HEADERS.correlationId),
    causationId: headerOf(record, HEADERS.causationId),
    sequence: /^\d+$/.test(sequence) ? Number(sequence) : sequence,
    traceparent: headerOf(record, HEADERS.traceparent),
  })
  if (parsed.success) return parsed.data
  const { message, path } = describeIssues(parsed.error)
  throw new ContractError('UNDECODABLE', `broken envelope: ${message}`, path)
}

function dataOf(contract: EventContract, orderId: string, value: Buffer): unknown {
  const parsed = contract.schema.safeParse(jsonOf(value))
  if (!parsed.success) {
    const { message, path } = describeIssues(parsed.error)
    throw new ContractError('CONTRACT_DATA', message, path)
  }
  const data = parsed.data as { orderId?: unknown }
  if (data.orderId !== orderId) throw new ContractError('CONTRACT_DATA', 'orderId: is not the key of the record', 'orderId')
  return data
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function jsonOf(value: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(value))
  } catch {
    // The parser's own message quotes what it read.
    throw new ContractError('UNDECODABLE', 'the value is no JSON in UTF-8')
  }
}

/** A header as text; of one that was sent twice, the first. */
export function headerOf({ headers }: Pick<KafkaRecord, 'headers'>, name: string): string | undefined {
  const given = headers[name]
  return (Array.isArray(given) ? given[0] : given)?.toString()
}

function orderIdOf(key: Buffer | null): string | null {
  const text = key?.toString()
  return isOrderId(text) ? text : null
}
