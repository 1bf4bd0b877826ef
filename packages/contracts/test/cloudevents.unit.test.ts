import { describe, expect, it } from '@jest/globals'
import { CloudEvent, Kafka, type KafkaMessage } from 'cloudevents'
import { contractsByType, decode, encode, OrderPlaced } from '../src/index.ts'
import { stamp } from './records.ts'

const { orderId } = OrderPlaced.example
const attributes = {
  specversion: '1.0',
  id: stamp.id,
  type: 'OrderPlaced.v1',
  source: '/orders',
  subject: orderId,
  time: stamp.time,
  dataschema: 'urn:quadrille:orders:OrderPlaced:v1',
  datacontenttype: 'application/json',
  correlationid: stamp.correlationId,
  causationid: stamp.causationId,
  sequence: '3',
}

describe('the CloudEvents library', () => {
  it('reads what we write', () => {
    const { key, value, headers } = encode(OrderPlaced, OrderPlaced.example, stamp)
    const message: KafkaMessage<string> = { key, value, headers, body: value }
    const event = Kafka.toEvent(message) as CloudEvent<unknown>
    expect(event.validate()).toBe(true)
    expect(event.toJSON()).toMatchObject({ ...attributes, partitionkey: orderId, data: OrderPlaced.example })
  })

  it('writes what we read', () => {
    const { headers, value } = Kafka.binary(
      new CloudEvent({ ...attributes, partitionkey: orderId, data: OrderPlaced.example }),
    ) as KafkaMessage
    const sent = Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, String(header)]))
    const decoded = decode(contractsByType, { key: Buffer.from(orderId), value: Buffer.from(JSON.stringify(value)), headers: sent })
    expect(decoded).toMatchObject({
      kind: 'event',
      data: OrderPlaced.example,
      envelope: { id: stamp.id, orderId, sequence: 3, correlationId: stamp.correlationId, causationId: stamp.causationId },
    })
  })
})
