import { HEADERS } from '@quadrille/contracts'
import { checkSnapshot, type ServiceName, type Snapshot, type TopicRecord, type Violation } from '@quadrille/testing'
import { consumersOf } from './consumed.ts'

/** What was seen at the end of a run. */
export interface Evidence {
  readonly snapshot: Snapshot
  /** Ids in each service's inbox: handled or parked. */
  readonly taken: Readonly<Record<ServiceName, ReadonlySet<string>>>
  /** What the faults did, by name. */
  readonly bites: Readonly<Record<string, number>>
  /** Orders of which the customer knows neither yes nor no. */
  readonly unanswered: number
}

/** In the shape of Kafka's own system tests: what was acknowledged must have been delivered. */
export interface Verdict {
  readonly acknowledged: number
  /** Acknowledged, and in no topic. */
  readonly lost: readonly string[]
  /** In its topic, and some service that reads it has not got it. */
  readonly notDelivered: readonly string[]
  /** Copies beyond the first in the topics; the inboxes absorb them. */
  readonly copies: number
  readonly violations: readonly Violation[]
  readonly bites: Evidence['bites']
  /** Faults that hit nothing: such a run proves nothing. */
  readonly toothless: readonly string[]
  readonly unanswered: number
  /** Orders by how they ended. */
  readonly ends: Readonly<Record<string, number>>
}

export function judge({ snapshot, taken, bites, unanswered }: Evidence): Verdict {
  const planted = new Set((snapshot.planted.records ?? []).map(placeOf))
  const events = snapshot.records.filter((record) => !record.topic.endsWith('.dlq') && !planted.has(placeOf(record)))
  const inTopics = new Map(events.map((record) => [record.headers[HEADERS.id] ?? placeOf(record), record]))
  const acknowledged = acknowledgedIn(snapshot)
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((id) => !inTopics.has(id)),
    notDelivered: [...inTopics].flatMap(([id, record]) => missing(taken, id, record)),
    violations: checkSnapshot(snapshot),
    toothless: Object.keys(bites).length === 0 ? ['no fault at all'] : Object.keys(bites).filter((name) => !bites[name]),
    copies: events.length - inTopics.size,
    bites,
    unanswered,
    ends: countBy(snapshot.orders.map(({ status }) => status)),
  }
}

/** Events that Kafka confirmed: their rows are marked. Those past retention may be gone from their topics. */
const acknowledgedIn = ({ runtimes }: Snapshot) =>
  Object.values(runtimes).flatMap(({ outbox }) =>
    outbox.filter(({ published, key, old }) => published && key !== null && !old).map(({ eventId }) => eventId),
  )

const missing = (taken: Evidence['taken'], id: string, { topic, headers }: TopicRecord) =>
  (consumersOf.get(`${topic} ${headers[HEADERS.type]}`) ?? [])
    .filter((service) => !taken[service].has(id))
    .map((service) => `${service}: ${id}`)

const countBy = (values: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(values, (value) => value)].map(([value, group]) => [value, group.length]))

const placeOf = ({ topic, partition, offset }: Pick<TopicRecord, 'topic' | 'partition' | 'offset'>) => `${topic}/${partition}/${offset}`
