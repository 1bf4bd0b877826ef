import { contractsByType, mask, PARTITIONS, partitionFor } from '@quadrille/contracts'
import { handlers, isStuck, type OrderRecord, storyOf, waitsTogether } from '@quadrille/ops'
import type { OrderDetails, OrderEvent, OrderStory, ServiceName } from '../../src/api-types.ts'
import type { FakeOrder } from './orders.ts'
import { emailPause } from './pulse.ts'

const services: readonly ServiceName[] = ['orders', 'payments', 'warehouse', 'loyalty', 'email']
const ERROR = 'TypeError: cannot read weight of undefined, at pick (services/warehouse/src/allocation.ts:61:24)'

type Record_ = { -readonly [Key in keyof OrderRecord]: OrderRecord[Key] }

export function eventsOf({ row: { orderId, total }, journey, placedMs }: FakeOrder, now: number): OrderEvent[] {
  const idAt = (at: number) => `0199c0de-${String(at).padStart(4, '0')}-7000-8000-${orderId.slice(-12)}`
  const steps = journey.steps.map((step, at) => ({ ...step, at })).filter(({ ms }) => placedMs + ms <= now)
  return steps.map(({ type, emitter, ms, cause, at }) => {
    const contract = contractsByType.get(type)!
    const payload = mask(contract, { ...(contract.example as object), orderId, ...(type === 'OrderPlaced' ? { total } : {}) })
    const causationId = cause === null ? null : idAt(cause)
    const traceId = orderId.replaceAll('-', '')
    const headers = {
      ...{ ce_specversion: '1.0', ce_id: idAt(at), ce_type: `${type}.v1`, ce_source: `/quadrille/${emitter}`, ce_subject: orderId },
      ...{
        ce_time: new Date(placedMs + ms).toISOString(),
        ce_correlationid: idAt(99),
        ...(causationId && { ce_causationid: causationId }),
      },
      ...{ ce_sequence: '1', 'content-type': 'application/json', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    }
    const where = { topic: `${emitter}.v1`, partition: partitionFor(orderId, PARTITIONS), offset: String(1_000 + at * 37) }
    return { id: idAt(at), type, emitter, ...where, at: new Date(placedMs + ms).toISOString(), ms, causationId, traceId, payload, headers }
  })
}

export const detailsOf = (order: FakeOrder, now: number): OrderDetails => ({ row: order.row, events: eventsOf(order, now) })

/** Put together as it is in earnest, from what five services would answer. */
export function fakeStory(order: FakeOrder, now: number): OrderStory {
  const { row } = order
  const events = eventsOf(order, now)
  const records = new Map(services.map((service) => [service, recordOf(service, order, events)]))
  const mails = events.flatMap(({ type, causationId, at }) => {
    const fact = events.find(({ id }) => id === causationId)?.type ?? ''
    return type === 'EmailSent' ? [{ fact, subject: `Your order ${row.short}: ${fact}`, status: 'sent' as const, sentAt: at }] : []
  })
  const view = { orderId: row.orderId, status: row.status, total: row.total!, currency: row.currency!, placedAt: row.placedAt }
  const pauses = new Map(order.journey.trouble === 'paused email' ? [['email' as const, emailPause()]] : [])
  const story = storyOf({ orderId: row.orderId, order: view, records, mails, pauses }, now)
  return { story, stuck: isStuck(story, now), waits: waitsTogether(story.waits), missing: [] }
}

function recordOf(service: ServiceName, order: FakeOrder, events: readonly OrderEvent[]): OrderRecord {
  const { orderId } = order.row
  const own = events.filter(({ emitter }) => emitter === service)
  const taken = events.filter(({ type }) => handlers[type]?.includes(service))
  const after = (at: string, ms: number) => new Date(Date.parse(at) + ms).toISOString()
  const record: Record_ = {
    ...{ orderId, known: true, sequence: own.length, parked: false, parkedReason: null, parkedSince: null, waits: [], letters: [] },
    emitted: own.map(({ id, type, topic, at, causationId }, n) => ({
      ...{
        eventId: id,
        type,
        topic,
        sequence: n + 1,
        createdAt: at,
        publishedAt: after(at, 5),
        parked: null,
        causationId,
        traceparent: null,
      },
    })),
    handled: taken.map(({ id, type, topic, partition, offset, at }, n) => ({
      eventId: id,
      type,
      topic,
      partition,
      offset,
      at: after(at, 9 + services.indexOf(service) * 3 + n),
    })),
    effects: effectsOf(order, own),
  }
  return troubled(service, order, events, record)
}

function effectsOf({ row: { orderId }, placedMs }: FakeOrder, own: readonly OrderEvent[]): OrderRecord['effects'] {
  const kinds: Record<string, string> = {
    PaymentCaptured: 'charge-card',
    PaymentFailed: 'charge-card',
    PaymentRefunded: 'refund-card',
    EmailSent: 'send-mail',
    PointsAwarded: 'award-points',
  }
  return own.flatMap(({ type, at }, n) => {
    const kind = kinds[type]
    const began = new Date(Math.max(placedMs, Date.parse(at) - (kind === 'award-points' ? 10_000 : 34))).toISOString()
    const times = { runAt: began, firstStartedAt: began, leasedUntil: null, lastError: null, doneAt: at }
    return kind
      ? [
          {
            key: kind === 'send-mail' ? `mail:${orderId}:${n}` : `${kind}:${orderId}`,
            kind,
            orderId,
            status: 'done' as const,
            attempts: 1,
            ...times,
          },
        ]
      : []
  })
}

function troubled(
  service: ServiceName,
  { journey: { trouble }, row, placedMs }: FakeOrder,
  events: readonly OrderEvent[],
  record: Record_,
): OrderRecord {
  const letter = (eventId: string, type: string, code: string, error: string) => ({
    id: '7',
    eventId,
    code,
    error,
    status: 'open' as const,
    type,
    effectKey: null,
  })
  if (trouble === 'handler' && service === 'warehouse') {
    const [first, second] = events
    record.letters = [
      letter(first!.id, 'OrderPlaced', 'HANDLER', ERROR),
      { ...letter(second!.id, 'PaymentCaptured', 'WAITING', 'an earlier event of this order is parked'), id: '8' },
    ]
    record.waits = [
      `waits for an operator: its OrderPlaced became dead letter 7 (HANDLER: ${ERROR}); repair the cause and redrive it, or discard it`,
      '1 later event waits behind that',
    ]
  }
  if (trouble === 'paused email' && service === 'email') record.handled = []
  if (trouble === 'undecodable' && service === 'payments') {
    record.letters = [letter(events[0]!.id, 'OrderPlaced', 'CONTRACT', 'total: expected a whole number')]
    record.waits = [
      'waits for an operator: its OrderPlaced became dead letter 7 (CONTRACT: total: expected a whole number); repair the cause and redrive it, or discard it',
    ]
  }
  if (trouble === 'refused charge' && service === 'payments') {
    const at = new Date(placedMs + 40).toISOString()
    const key = `capture:${row.orderId}`
    record.effects = [
      {
        key,
        kind: 'charge-card',
        orderId: row.orderId,
        status: 'refused',
        attempts: 3,
        runAt: at,
        firstStartedAt: at,
        leasedUntil: null,
        lastError: 'the provider answers 403: this bank is not known',
        doneAt: null,
      },
    ]
    record.letters = [
      { ...letter(events[0]!.id, 'OrderPlaced', 'REFUSED', 'the provider answers 403: this bank is not known'), effectKey: key },
    ]
    record.waits = [
      `waits for an operator: effect ${key} became dead letter 7 (REFUSED: the provider answers 403: this bank is not known); repair the cause and redrive it, or discard it`,
    ]
  }
  if (trouble !== null && trouble !== 'paused email' && service === 'orders')
    record.waits = [
      `is ${row.status}: waits for ${row.status === 'placed' ? 'PaymentCaptured of payments' : 'OrderDispatched of warehouse'}`,
    ]
  return record
}
