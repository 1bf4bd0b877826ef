import { HEADERS } from '@quadrille/contracts'
import type { Snapshot, TopicRecord } from './snapshot.ts'

/** Which promise is broken, for which order, SKU or record, and how. */
export interface Violation {
  readonly invariant: `I${number}`
  readonly subject: string
  readonly problem: string
}

/** Checks one promise over everything there is. */
export type Invariant = (survey: Survey) => Iterable<Violation>

/** The first delivery of an event. */
export interface Delivered {
  readonly id: string
  /** Without its version. */
  readonly type: string
  readonly orderId: string
  readonly sequence: number
  readonly correlationId: string
  readonly causationId: string | undefined
  readonly record: TopicRecord
}

/** A snapshot with what several invariants look up. */
export interface Survey extends Snapshot {
  /** Records that no test wrote. */
  readonly own: readonly TopicRecord[]
  /** First deliveries, in the order of their partitions. */
  readonly events: readonly Delivered[]
  readonly eventsOf: ReadonlyMap<string, readonly Delivered[]>
}

export function survey(snapshot: Snapshot): Survey {
  const written = new Set((snapshot.planted.records ?? []).map(placeOf))
  const own = snapshot.records.filter((record) => !written.has(placeOf(record)))
  const events = firstDeliveries(own.filter(isEvent))
  return { ...snapshot, own, events, eventsOf: Map.groupBy(events, ({ orderId }) => orderId) }
}

export const placeOf = ({ topic, partition, offset }: Pick<TopicRecord, 'topic' | 'partition' | 'offset'>) =>
  `${topic}/${partition}/${offset}`

export const isEvent = ({ topic }: TopicRecord) => !topic.endsWith('.dlq')

function firstDeliveries(records: readonly TopicRecord[]): Delivered[] {
  const first = new Map<string, Delivered>()
  for (const record of records) {
    const event = read(record)
    if (!first.has(event.id)) first.set(event.id, event)
  }
  return [...first.values()]
}

const read = (record: TopicRecord): Delivered => ({
  id: record.headers[HEADERS.id] ?? placeOf(record),
  type: (record.headers[HEADERS.type] ?? '').replace(/\.v\d+$/, ''),
  orderId: record.key ?? '',
  sequence: Number(record.headers[HEADERS.sequence]),
  correlationId: record.headers[HEADERS.correlationId] ?? '',
  causationId: record.headers[HEADERS.causationId],
  record,
})

/** Rows by their order; of two for one order the last. */
export const byOrder = <Row extends { readonly orderId: string }>(rows: readonly Row[]) => new Map(rows.map((row) => [row.orderId, row]))

export const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
