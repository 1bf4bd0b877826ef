import type { LedgerLine, OrderRow, PaymentRow } from './snapshot.ts'
import { byOrder, type Survey, sum, type Violation } from './survey.ts'

/** I2: captured − refunded = total if the order ends dispatched, else 0; once each; payments' books and the provider's ledger agree. */
export function* moneyAddsUp({ orders, payments, ledger, eventsOf }: Survey): Iterable<Violation> {
  const lines = Map.groupBy(ledger, ({ orderId }) => orderId ?? '')
  const books = byOrder(payments)
  for (const order of orders) {
    const { orderId } = order
    const moves = movesOf(lines.get(orderId) ?? [])
    const told = (type: string) => (eventsOf.get(orderId) ?? []).filter((event) => event.type === type).length
    yield* named(orderId, balance(order, moves))
    yield* named(orderId, onceEach(moves, told))
    yield* named(orderId, agreement(books.get(orderId), moves))
  }
  const known = byOrder(orders)
  for (const { id, orderId } of ledger) if (!known.has(orderId ?? '')) yield* named(id, ['moved money of an order that does not exist'])
}

interface Moves {
  readonly captured: readonly LedgerLine[]
  readonly refunded: readonly LedgerLine[]
  readonly declined: readonly LedgerLine[]
}

const movesOf = (lines: readonly LedgerLine[]): Moves => ({
  captured: lines.filter(({ status }) => status === 'captured'),
  refunded: lines.filter(({ status }) => status === 'refunded'),
  declined: lines.filter(({ status }) => status === 'declined'),
})

function* named(subject: string, problems: Iterable<string>): Iterable<Violation> {
  for (const problem of problems) yield { invariant: 'I2', subject, problem }
}

const amountOf = (lines: readonly LedgerLine[]) => sum(lines.map(({ amount }) => amount))

function* balance({ status, total, currency }: OrderRow, { captured, refunded }: Moves) {
  const kept = amountOf(captured) - amountOf(refunded)
  const due = status === 'dispatched' ? total : 0
  if (kept !== due) yield `ended ${status}: the provider keeps ${kept}, and should keep ${due}`
  if ([...captured, ...refunded].some((line) => line.currency !== currency)) yield `was charged in another currency than ${currency}`
}

function* onceEach({ captured, refunded }: Moves, told: (type: string) => number) {
  if (captured.length > 1) yield `was charged ${captured.length} times`
  if (refunded.length > 1) yield `was refunded ${refunded.length} times`
  if (told('PaymentCaptured') !== captured.length) yield `${captured.length} captures were told ${told('PaymentCaptured')} times`
  if (told('PaymentRefunded') !== refunded.length) yield `${refunded.length} refunds were told ${told('PaymentRefunded')} times`
}

const HELD: ReadonlySet<PaymentRow['status']> = new Set(['captured', 'refunding', 'refunded'])

function* agreement(payment: PaymentRow | undefined, { captured, refunded, declined }: Moves) {
  const status = payment?.status ?? 'new'
  if (HELD.has(status) !== captured.length > 0) yield `payments says ${status}, the provider says ${captured.length} captures`
  if ((status === 'refunded') !== refunded.length > 0) yield `payments says ${status}, the provider says ${refunded.length} refunds`
  if ((status === 'failed') !== declined.length > 0) yield `payments says ${status}, the provider declined ${declined.length} times`
  if (captured[0] && payment?.chargeId !== captured[0].id) yield `payments knows another charge than ${captured[0].id}`
  if (refunded[0] && payment?.refundId !== refunded[0].id) yield `payments knows another refund than ${refunded[0].id}`
}
