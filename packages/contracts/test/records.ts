import type { Encoded, EventContract, KafkaRecord, Stamp } from '../src/index.ts'
import { contractsByType, encode, OrderPlaced } from '../src/index.ts'

/** For `it.each`, whose titles cannot look into a function. */
export const everyEvent = [...contractsByType].map(([type, contract]) => ({ type, contract }))

export const stamp: Stamp = {
  id: '0198f2a4-7000-7000-8000-000000000001',
  time: '2026-11-22T15:04:05.678Z',
  correlationId: '0198f2a4-7000-7000-8000-00000000000c',
  causationId: '0198f2a4-7000-7000-8000-000000000000',
  sequence: 3,
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
}

/** As Kafka hands it over: headers are bytes too. */
export const delivered = ({ key, value, headers }: Encoded): KafkaRecord => ({
  key: Buffer.from(key),
  value: Buffer.from(value),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
})

export const recordOf = (contract: EventContract, data: unknown = contract.example): KafkaRecord => delivered(encode(contract, data, stamp))

/** A good record of OrderPlaced with something changed; a header of `undefined` is missing. */
export const orderPlacedWith = (change: Partial<KafkaRecord>): KafkaRecord => {
  const good = recordOf(OrderPlaced)
  return { ...good, ...change, headers: { ...good.headers, ...change.headers } }
}

export const withData = (change: Record<string, unknown>): KafkaRecord =>
  orderPlacedWith({ value: Buffer.from(JSON.stringify({ ...OrderPlaced.example, ...change })) })
