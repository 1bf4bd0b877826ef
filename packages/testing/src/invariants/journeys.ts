import { HEADERS, PARTITIONS, partitionFor } from '@quadrille/contracts'
import { byOrder, type Delivered, type Survey, type Violation } from './survey.ts'

/** I7: per order and emitter, first deliveries come in `ce_sequence` order with no gap, all in the partition of their key. */
export function* sequencesHaveNoGap({ events, runtimes }: Survey): Iterable<Violation> {
  const counts = new Map(Object.entries(runtimes).map(([service, { streams }]) => [service, byOrder(streams)]))
  for (const [line, told] of Map.groupBy(events, ({ orderId, record }) => `${record.topic} ${orderId}`)) {
    const [first] = told as [Delivered]
    const sequences = told.map(({ sequence }) => sequence)
    if (sequences.some((sequence, place) => sequence !== place + 1)) yield broken('I7', line, `came as ${sequences.join(', ')}`)
    const partition = partitionFor(first.orderId, PARTITIONS)
    if (told.some(({ record }) => record.partition !== partition)) yield broken('I7', line, `is not all in partition ${partition}`)
    const counted = counts.get(emitterOf(first))?.get(first.orderId)?.sequence
    if (counted !== told.length) yield broken('I7', line, `${told.length} events were told, and ${counted} counted`)
  }
}

const emitterOf = ({ record }: Delivered) => record.topic.replace(/\.v\d+$/, '')

const broken = (invariant: 'I7' | 'I9', subject: string, problem: string): Violation => ({ invariant, subject, problem })

/** I9: every `ce_causationid` names an existing event, and an order's journey has one correlation. */
export function* everythingHasACause({ events, records, orders }: Survey): Iterable<Violation> {
  const ids = new Set(records.map(({ headers }) => headers[HEADERS.id]))
  const known = byOrder(orders)
  for (const event of events) {
    const { type, orderId, causationId, correlationId } = event
    const asked = known.get(orderId)?.correlationId
    if (causationId === undefined && emitterOf(event) !== 'orders') yield broken('I9', orderId, `${type} names no cause`)
    if (causationId !== undefined && !ids.has(causationId))
      yield broken('I9', orderId, `${type} was caused by ${causationId}, which does not exist`)
    if (correlationId !== asked) yield broken('I9', orderId, `${type} has correlation ${correlationId}, its order ${asked}`)
  }
}
