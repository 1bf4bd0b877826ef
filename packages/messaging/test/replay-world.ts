import { catalogue, PARTITIONS, partitionFor } from '@quadrille/contracts'
import type { AnyInput, Kafka } from '../src/index.ts'
import { messageOf } from './toy/inputs.ts'

const { OrderPlaced } = catalogue.orders

/** Placed orders, each in the partition of its key. */
export async function sendPlaced(kafka: Pick<Kafka, 'connectProducer'>, orderIds: readonly string[], sequence = 1) {
  const producer = await kafka.connectProducer()
  await producer.send(
    orderIds.map((orderId) => {
      const { key, value, headers } = messageOf(OrderPlaced, { ...OrderPlaced.example, orderId } as never)
      const at = { topic: 'orders.v1', partition: partitionFor(orderId, PARTITIONS) }
      return { ...at, key, value, headers: { ...headers, ce_sequence: String(sequence) } }
    }),
  )
  await producer.disconnect()
}

/** What a reader of some topic was told, in order. */
export function listener() {
  const told: string[] = []
  const add = async (input: AnyInput) => void told.push(`${input.orderId} ${'message' in input ? input.message.headers.ce_sequence : ''}`)
  return { told, add, size: 0, drained: async () => undefined }
}
