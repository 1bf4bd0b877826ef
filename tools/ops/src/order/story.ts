import { PARTITIONS, partitionFor } from '@quadrille/contracts'
import { type Service, services } from '../addresses.ts'
import type { Effect, Mail, OrderRecord, OrderView } from '../answers.ts'
import { rowName } from '../command.ts'
import { handlers } from '../handlers.ts'
import { withOrigin } from './foreign.ts'
import { blamesWrongly, type Hold, holdsOf, holdWords, isHeldLong, type Pause } from './holds.ts'

/** What the services tell of one order. */
export interface Told {
  readonly orderId: string
  readonly order: OrderView | null
  readonly records: ReadonlyMap<Service, OrderRecord>
  readonly mails: readonly Mail[]
  readonly pauses?: ReadonlyMap<Service, Pause>
}

/** How far one consumer is with one event. */
export interface Handling {
  readonly service: Service
  readonly how: 'handled' | 'redriven' | 'discarded' | 'parked' | 'behind a parked one' | 'not yet' | 'unknown'
  /** Since the order was placed. */
  readonly ms: number | null
  readonly letter: string | null
}

export interface StoryEvent {
  readonly id: string
  readonly type: string
  /** Null: it came from no outbox. */
  readonly emitter: Service | null
  readonly ms: number | null
  readonly topic: string
  readonly partition: number
  readonly offset: string | null
  readonly sent: 'sent' | 'waits for the relay' | 'refused by Kafka'
  /** How many causes stand before it. */
  readonly depth: number
  readonly causationId: string | null
  readonly handling: readonly Handling[]
}

type Located<T> = T & { readonly service: Service }

/** All that happened to an order, and why it goes no further. */
export interface Story {
  readonly orderId: string
  readonly order: OrderView | null
  /** Effects are followed by their events, so every event stands under what caused it. */
  readonly events: readonly StoryEvent[]
  readonly effects: readonly Located<Effect & { readonly ms: number | null }>[]
  readonly mails: readonly (Mail & { readonly ms: number | null })[]
  readonly letters: readonly Located<OrderRecord['letters'][number]>[]
  /** Who has not read what Kafka has of it. */
  readonly holds: readonly Hold[]
  readonly waits: readonly Located<{ readonly why: string }>[]
}

export function storyOf({ orderId, order, records, mails, pauses = new Map() }: Told, now = Date.now()): Story {
  const placedAt = startOf(order, records)
  const since = (iso: string | null) => (iso === null || placedAt === null ? null : Date.parse(iso) - placedAt)
  const each = <T>(pick: (record: OrderRecord) => readonly T[]) =>
    services.flatMap((service) => (records.has(service) ? pick(records.get(service)!).map((one) => ({ service, one })) : []))
  const events = inTree([...emitted(orderId, records, since), ...foreign(records, since)])
  const holds = holdsOf(events, pauses)
  return {
    ...{ orderId, order, events, holds },
    effects: each(({ effects }) => effects).map(({ service, one }) => ({ service, ...one, ms: since(one.doneAt) })),
    mails: mails.map((mail) => ({ ...mail, ms: since(mail.sentAt) })),
    letters: each(({ letters }) => letters).map(({ service, one }) => ({ service, ...one })),
    waits: waitsIn({ orderId, order, records, mails }, holds, now),
  }
}

/** The services' own words, but for what is known better here: what is in Kafka already, and what came from no outbox. Causes first. */
function waitsIn({ order, records }: Told, holds: readonly Hold[], now: number): Story['waits'] {
  const isUnknown = order === null && [...records.values()].every(({ emitted }) => emitted.length === 0)
  const all = services.flatMap((service) => {
    const own = records.get(service)?.waits ?? []
    const hold = holds.find((one) => one.service === service)
    const right = own.filter((why) => !hold || !blamesWrongly(why, hold)).map((why) => withOrigin(service, why, { records, isUnknown }))
    const tells = hold && (hold.paused !== null || right.length < own.length)
    return [...(tells ? [holdWords(hold, now)] : []), ...right].map((why) => ({ service, why }))
  })
  return all.toSorted((a, b) => Number(isCause(b.why)) - Number(isCause(a.why)))
}

const isCause = (why: string) => /^(waits for an operator|is paused|\d+ later)/.test(why)

type Records = Told['records']
type Since = (iso: string | null) => number | null

/** The commit of OrderPlaced is when the order began: the database's clock, as of every time here. */
function startOf(order: OrderView | null, records: Records): number | null {
  const first = records.get('orders')?.emitted.find(({ type }) => type === 'OrderPlaced')?.createdAt ?? order?.placedAt
  const times = [...records.values()].flatMap((record) => record.emitted.map(({ createdAt }) => Date.parse(createdAt)))
  return first ? Date.parse(first) : times.length > 0 ? Math.min(...times) : null
}

type Flat = Omit<StoryEvent, 'depth'>

function emitted(orderId: string, records: Records, since: Since): Flat[] {
  const partition = partitionFor(orderId, PARTITIONS)
  return [...records].flatMap(([emitter, record]) =>
    record.emitted.map((event): Flat => {
      const sent = event.publishedAt !== null ? 'sent' : event.parked !== null ? 'refused by Kafka' : 'waits for the relay'
      const { eventId: id, type, topic, createdAt, causationId } = event
      const ms = since(createdAt)
      return {
        id,
        type,
        emitter,
        ms,
        topic,
        partition,
        offset: offsetOf(records, id),
        sent,
        causationId,
        handling: handlingOf(records, event, since),
      }
    }),
  )
}

/** What was taken, and came from no service's outbox: planted, or older than what outboxes keep. */
function foreign(records: Records, since: Since): Flat[] {
  const own = new Set([...records.values()].flatMap((record) => record.emitted.map(({ eventId }) => eventId)))
  const taken = [...records.values()].flatMap((record) =>
    record.handled.map((one) => ({ ...one, type: record.letters.find(({ eventId }) => eventId === one.eventId)?.type ?? one.type })),
  )
  taken.sort((a, b) => Date.parse(b.at) - Date.parse(a.at)) // of each the first, which the map keeps last
  const strangers = new Map(taken.filter(({ eventId }) => !own.has(eventId)).map((one) => [one.eventId, one]))
  return [...strangers.values()].map(({ eventId, type, at, topic, partition, offset }) => ({
    ...{ id: eventId, type: type ?? 'a record', emitter: null, ms: since(at), topic, partition, offset, sent: 'sent', causationId: null },
    handling: handlingOf(records, { eventId, type: '' }, since),
  }))
}

const offsetOf = (records: Records, id: string) =>
  [...records.values()].flatMap(({ handled }) => handled.find(({ eventId }) => eventId === id) ?? [])[0]?.offset ?? null

/** Of those who should take it, and of those who did. */
function handlingOf(records: Records, { eventId, type }: { eventId: string; type: string }, since: Since): Handling[] {
  return services.flatMap((service): Handling[] => {
    const record = records.get(service)
    const expected = handlers[type]?.includes(service) ?? false
    if (!record) return expected ? [{ service, how: 'unknown', ms: null, letter: null }] : []
    const letter = record.letters.find((one) => one.eventId === eventId && one.effectKey === null)
    const taken = record.handled.find((one) => one.eventId === eventId)
    if (letter) return [{ service, how: parkedHow(letter), ms: since(taken?.at ?? null), letter: rowName({ service, id: letter.id }) }]
    if (taken) return [{ service, how: 'handled', ms: since(taken.at), letter: null }]
    return expected ? [{ service, how: 'not yet', ms: null, letter: null }] : []
  })
}

function parkedHow({ status, code }: OrderRecord['letters'][number]): Handling['how'] {
  if (status !== 'open') return status
  return code === 'WAITING' ? 'behind a parked one' : 'parked'
}

/** Causes before their effects, in the order in which they happened. */
function inTree(events: readonly Flat[]): StoryEvent[] {
  const ids = new Set(events.map(({ id }) => id))
  const sorted = [...events].sort((a, b) => (a.ms ?? 0) - (b.ms ?? 0))
  const children = Map.groupBy(sorted, ({ causationId }) => (causationId !== null && ids.has(causationId) ? causationId : null))
  const below = (cause: string | null, depth: number): StoryEvent[] =>
    (children.get(cause) ?? []).flatMap((event) => [{ ...event, depth }, ...below(event.id, depth + 1)])
  return below(null, 0)
}

/** Whether it goes no further unless somebody does something. */
export const isStuck = ({ letters, events, holds }: Story, now = Date.now()) =>
  letters.some(({ status }) => status === 'open') ||
  events.some(({ sent }) => sent === 'refused by Kafka') ||
  holds.some((hold) => isHeldLong(hold, now))
