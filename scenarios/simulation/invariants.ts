import type { History } from './history.ts'
import { lettersOf, type PublishedEvent, publishedEvents } from './records.ts'

/** What DESIGN §4 promises, looked up in tables, topics, the provider's ledger and the mailbox. Each gives what is wrong, in words. */
export function violations(history: History): string[] {
  const orderIds = history.asked.flatMap(({ answeredIds }) => [...answeredIds])
  const seen: Seen = { ...history, events: publishedEvents(history.stage), orderIds }
  return Object.entries(invariants).flatMap(([name, check]) => [...check(seen)].map((wrong) => `${name}: ${wrong}`))
}

interface Seen extends History {
  readonly events: readonly PublishedEvent[]
  readonly orderIds: readonly string[]
}

interface Order {
  readonly orderId: string
  readonly status: string
  readonly total: number
}

const TERMINAL = new Set(['dispatched', 'payment_failed', 'out_of_stock', 'cancelled'])
const MAILED = new Set(['PaymentCaptured', 'PaymentFailed', 'PaymentRefunded', 'OrderDispatched', 'OrderCancelled', 'StockShort'])

const tablesOf = ({ services }: Seen, name: keyof History['services']) => services[name].database.tables
const stateOf = <State>(seen: Seen, name: keyof History['services'], orderId: string) =>
  tablesOf(seen, name).states.get(orderId) as State | undefined
const orderOf = (seen: Seen, orderId: string) => stateOf<Order>(seen, 'orders', orderId)!
const count = <T>(all: Iterable<T>, wanted: (one: T) => boolean) => [...all].filter(wanted).length
const minus = (all: ReadonlySet<string>, without: ReadonlySet<string>) => [...all].filter((one) => !without.has(one))
const group = <T>(all: Iterable<T>, keyOf: (one: T) => string) => Map.groupBy(all, keyOf)

const invariants: Readonly<Record<string, (seen: Seen) => Iterable<string>>> = {
  *I1_orders(seen) {
    for (const { answeredIds, planned } of seen.asked)
      if (answeredIds.size !== 1) yield `${planned.key} was answered with ${answeredIds.size} orders`
    const { states } = tablesOf(seen, 'orders')
    if (states.size !== seen.asked.length) yield `${seen.asked.length} orders were asked for, ${states.size} exist`
    for (const orderId of seen.orderIds) {
      const status = orderOf(seen, orderId)?.status
      if (!TERMINAL.has(status)) yield `${orderId} ends as ${status}`
    }
    yield* acceptedCancels(seen)
  },

  *I2_money(seen) {
    for (const orderId of seen.orderIds) {
      const { status, total } = orderOf(seen, orderId)
      const entries = seen.psp.ledger.filter((entry) => entry.orderId === orderId)
      const kept = entries.reduce((sum, { kind, amount }) => sum + (kind === 'capture' ? amount : -amount), 0)
      if (kept !== (status === 'dispatched' ? total : 0)) yield `${orderId} is ${status}, and ${kept} of ${total} is kept`
      for (const kind of ['capture', 'refund'])
        if (count(entries, (entry) => entry.kind === kind) > 1) yield `${orderId} has more than one ${kind}`
      yield* booksOf(seen, orderId, entries)
    }
  },

  *I3_stock(seen) {
    const { shared, states } = tablesOf(seen, 'warehouse')
    for (const { sku, units } of seen.stage.plan.stock) {
      const stock = shared.get(sku) as { onHand: number; reserved: number; dispatched: number }
      const held = sum(states.values(), (allocation) => unitsOf(allocation, sku))
      if (stock.onHand + stock.reserved + stock.dispatched !== units) yield `${sku}: ${JSON.stringify(stock)} is not ${units} in all`
      if (stock.onHand < 0 || stock.reserved < 0 || stock.dispatched < 0) yield `${sku} is negative: ${JSON.stringify(stock)}`
      if (stock.reserved !== 0 || stock.dispatched !== held) yield `${sku}: ${JSON.stringify(stock)}, and orders hold ${held}`
    }
    for (const orderId of seen.orderIds) {
      const holds = stateOf<{ status: string }>(seen, 'warehouse', orderId)?.status
      if ((holds === 'dispatched') !== (orderOf(seen, orderId).status === 'dispatched'))
        yield `${orderId} is ${orderOf(seen, orderId).status}, its stock ${holds}`
    }
  },

  *I4_points(seen) {
    for (const orderId of seen.orderIds) {
      const { status, total } = orderOf(seen, orderId)
      const told = (type: string) => seen.events.filter((event) => event.orderId === orderId && event.type === type)
      const [awarded, revoked] = [told('PointsAwarded'), told('PointsRevoked')]
      const points = sum(awarded, ({ data }) => data.points as number) - sum(revoked, ({ data }) => data.points as number)
      if (points !== (status === 'dispatched' ? Math.floor(total / 100) : 0))
        yield `${orderId} is ${status} of ${total}, and has ${points} points`
      if (awarded.length > 1 || revoked.length > 1)
        yield `${orderId} had points awarded ${awarded.length} times, revoked ${revoked.length} times`
    }
  },

  *I5_mails(seen) {
    const facts = new Set(
      seen.events.filter(({ type }) => MAILED.has(type)).map(({ type, orderId }) => `<${type}.${orderId}@quadrille.example>`),
    )
    const mails = group(seen.mailbox.mails, ({ messageId }) => messageId)
    for (const fact of facts) if (!mails.has(fact)) yield `no mail ${fact}`
    for (const [messageId, copies] of mails) {
      if (!facts.has(messageId)) yield `nothing happened that ${messageId} tells of`
      if (copies.length > 1 && !mayRepeat(seen)) yield `${messageId} came ${copies.length} times, and nothing had failed`
    }
  },

  *I6_outbox(seen) {
    const published = new Set(seen.events.map(({ id }) => id))
    const appended = new Set(
      Object.values(seen.services).flatMap(({ database }) => [...database.tables.outbox.values()].flatMap(({ event }) => event?.id ?? [])),
    )
    for (const id of minus(appended, published)) yield `event ${id} was appended and never published`
    for (const id of minus(published, appended)) yield `event ${id} was published and never appended`
    yield* effectsOnce(seen)
  },

  *I7_sequences(seen) {
    for (const [stream, events] of group(seen.events, ({ emitter, orderId }) => `${emitter} ${orderId}`)) {
      const gap = events.findIndex(({ sequence }, index) => sequence !== index + 1)
      if (gap >= 0) yield `${stream}: ${events.map(({ sequence }) => sequence).join(' ')}`
    }
  },

  *locks(seen) {
    for (const [name, { database }] of Object.entries(seen.services))
      if (database.locks.deadlocks > 0) yield `${name} had ${database.locks.deadlocks} deadlocks`
  },

  *I8_letters(seen) {
    const planted = [...seen.stage.broker.logs].flatMap(({ topic, messages }) =>
      messages.flatMap(({ headers, offset, partition }) => (headers.planted ? [{ topic, id: `${topic}/${partition}/${offset}` }] : [])),
    )
    for (const [name, { database }] of Object.entries(seen.services)) {
      const { topics } = seen.stage.broker.groups.get(name)!
      const expected = planted.filter(({ topic }) => topics.has(topic)).map(({ id }) => id)
      const dead = [...database.tables.parked.values()].filter(({ attempts }) => attempts > 0)
      for (const letter of dead)
        if (!expected.includes(letter.eventId) && !isEarned(seen, name, letter.code))
          yield `${name} parked ${letter.eventId}: ${letter.code} ${letter.error}`
      for (const id of expected) if (!database.tables.parked.has(id)) yield `${name} has no letter of ${id}`
      const told = new Set(lettersOf(seen.stage, name))
      if (told.size !== dead.length) yield `${name} wrote ${told.size} letters of ${dead.length}`
    }
    for (const error of seen.stage.fatal) yield `a process gave up: ${error}`
  },

  *I9_causes(seen) {
    const ids = new Set(seen.events.map(({ id }) => id))
    for (const { id, type, causationId } of seen.events)
      if (causationId && !ids.has(causationId)) yield `${type} ${id} is caused by ${causationId}, which nobody knows`
    for (const [orderId, events] of group(seen.events, (event) => event.orderId))
      if (new Set(events.map(({ correlationId }) => correlationId)).size > 1) yield `${orderId} has several correlations`
  },
}

/** An accepted cancel wins over all. */
function* acceptedCancels(seen: Seen) {
  for (const { cancelReplies, answeredIds } of seen.asked) {
    const [orderId] = answeredIds
    const accepted = cancelReplies.some(({ kind, by }) => kind === 'cancelled' && by === 'cancel')
    if (accepted && orderOf(seen, orderId!).status !== 'cancelled')
      yield `${orderId} was cancelled and ends as ${orderOf(seen, orderId!).status}`
  }
}

/** A letter that a planted bug or a provider's refusal explains. */
const isEarned = ({ stage: { plan } }: Seen, service: string, code: string) =>
  code === 'EFFECT_REFUSED' ? service === 'payments' && plan.refusingMs > 0 : code === 'HANDLER' && service === plan.bug?.service

function* booksOf(seen: Seen, orderId: string, entries: readonly { kind: string }[]) {
  const status = stateOf<{ status: string }>(seen, 'payments', orderId)?.status
  const expected = entries.some(({ kind }) => kind === 'refund') ? 'refunded' : entries.length > 0 ? 'captured' : undefined
  if (expected ? status !== expected : status !== 'failed' && status !== 'void')
    yield `${orderId}: the ledger says ${expected ?? 'nothing'}, payments ${status}`
}

/** Each done effect took effect once at its provider, each void one never. */
function* effectsOnce(seen: Seen) {
  const deeds = group(seen.psp.ledger, ({ reference }) => reference)
  for (const { key, kind, status, payload } of tablesOf(seen, 'payments').effects.values()) {
    const times = deeds.get(key)?.length ?? 0
    const declined = kind === 'charge-card' && (payload as { token?: string }).token === 'tok_declined'
    if (times !== (status === 'done' && !declined ? 1 : 0)) yield `effect ${key} is ${status} and was done ${times} times`
  }
}

const unitsOf = (allocation: unknown, wanted: string) => {
  const { status, items } = allocation as { status: string; items: readonly { sku: string; quantity: number }[] }
  return status === 'dispatched' ? sum(items, ({ sku, quantity }) => (sku === wanted ? quantity : 0)) : 0
}

const sum = <T>(all: Iterable<T>, amountOf: (one: T) => number) => [...all].reduce((total, one) => total + amountOf(one), 0)

/** A mail may repeat only where its effect was taken over, or the mail server's answer was lost. */
const mayRepeat = ({ stage: { faults } }: Seen) => (faults.bites.effectTakeover ?? 0) + (faults.bites.mailUnanswered ?? 0) > 0
