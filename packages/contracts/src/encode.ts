import type { EventContract } from './define.ts'
import { ContractError, describeIssues, type Encoded, HEADERS, isOrderId, type Stamp, stampSchema } from './envelope.ts'

/** Makes the record of an event. Throws a ContractError if the data breaks its own contract, so that no reader ever has to. */
export function encode(contract: EventContract, data: unknown, stamp: Stamp): Encoded {
  const { orderId, value } = checkedData(contract, data)
  return { key: orderId, value, headers: { ...contractHeaders(contract, orderId), ...stampHeaders(contract, stamp) } }
}

function checkedData(contract: EventContract, data: unknown): { orderId: string; value: string } {
  const parsed = contract.schema.safeParse(data)
  if (!parsed.success) {
    const { message, path } = describeIssues(parsed.error)
    throw new ContractError('CONTRACT_DATA', `${contract.ceType} breaks its contract: ${message}`, path)
  }
  const { orderId } = parsed.data as { orderId?: unknown }
  if (!isOrderId(orderId)) throw new ContractError('CONTRACT_DATA', `${contract.ceType} carries no order id`, 'orderId')
  return { orderId, value: JSON.stringify(parsed.data) }
}

const contractHeaders = ({ emitter, ceType, dataschema }: EventContract, orderId: string): Record<string, string> => ({
  [HEADERS.contentType]: 'application/json',
  [HEADERS.specversion]: '1.0',
  [HEADERS.type]: ceType,
  [HEADERS.source]: `/${emitter}`,
  [HEADERS.subject]: orderId,
  [HEADERS.dataschema]: dataschema,
})

function stampHeaders({ ceType }: EventContract, stamp: Stamp): Record<string, string> {
  const parsed = stampSchema.safeParse(stamp)
  if (!parsed.success) {
    const { message, path } = describeIssues(parsed.error)
    throw new ContractError('UNDECODABLE', `${ceType} is stamped wrongly: ${message}`, path)
  }
  const { id, time, correlationId, causationId, sequence, traceparent } = parsed.data
  return {
    [HEADERS.id]: id,
    [HEADERS.time]: time,
    [HEADERS.correlationId]: correlationId,
    ...(causationId === undefined ? {} : { [HEADERS.causationId]: causationId }),
    [HEADERS.sequence]: String(sequence),
    [HEADERS.traceparent]: traceparent,
  }
}
