import { randomBytes } from 'node:crypto'
import { type Encoded, encode, OrderPlaced, PARTITIONS, partitionFor } from '@quadrille/contracts'
import { type OutgoingRecord, uuidv7 } from '@quadrille/messaging'

/** An event as it stands in an outbox. */
export interface Row extends Encoded {
  readonly id: string
  readonly topic: string
  readonly sequence: number
}

export interface Many {
  readonly count: number
  /** So many events of each order, far apart from one another. */
  readonly perOrder?: number
  /** Whether each trace is recorded, or which share of them. */
  readonly sampled?: boolean | number
  /** Instead of the contract's example. */
  readonly data?: (event: { readonly sequence: number }) => Partial<typeof OrderPlaced.example>
}

/** Real events by our contracts: 326 bytes of JSON and 378 of headers each. */
export function* makeRows({ count, perOrder = 1, sampled = true, data = () => ({}) }: Many): Generator<Row, undefined> {
  const orders = Array.from({ length: Math.ceil(count / perOrder) }, () => uuidv7())
  for (let n = 0; n < count; n++) {
    const sequence = 1 + Math.floor(n / orders.length)
    yield makeRow(
      { ...OrderPlaced.example, ...data({ sequence }), orderId: orders[n % orders.length]! },
      sequence,
      n % 100 < 100 * Number(sampled),
    )
  }
}

function makeRow(data: typeof OrderPlaced.example, sequence: number, sampled: boolean): Row {
  const id = uuidv7()
  const traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-0${sampled ? 1 : 0}`
  const stamp = { id, sequence, traceparent, time: new Date().toISOString(), correlationId: uuidv7() }
  return { id, sequence, topic: OrderPlaced.topic, ...encode(OrderPlaced, data, stamp) }
}

export const recordOf = ({ topic, key, value, headers }: Row): OutgoingRecord => ({
  topic,
  partition: partitionFor(key, PARTITIONS),
  key,
  value,
  headers,
})

/** In batches of a size. */
export function* batchesOf<T>(items: Iterable<T>, size: number): Generator<T[], undefined> {
  let batch: T[] = []
  for (const item of items) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
