import {
  type Data,
  type OrderCancelled,
  OrderDispatched,
  type OrderPlaced,
  ParcelRecalled,
  type PaymentCaptured,
  type PaymentFailed,
  StockReleased,
  StockReserved,
  StockShort,
} from '@quadrille/contracts'
import type { Handler } from '@quadrille/messaging'
import { addUp, type Line, missingFrom, move, type Stock } from './stock.ts'

/**
 * What one order has of the stock: `none` until the order is placed, then `reserved`, or `short`, or `closed` if it was stopped before we heard
 * of it. A reserved order is `dispatched` once paid, or `released`; only a dispatched one is `recalled`.
 */
export interface Allocation {
  readonly orderId: string
  readonly status: 'none' | 'reserved' | 'short' | 'closed' | 'dispatched' | 'released' | 'recalled'
  readonly paid: boolean
  readonly stop: boolean
  /** Each SKU once. Kept also when nothing is held any more, for support. */
  readonly items: readonly Line[]
}

type On<C> = Handler<Allocation, Data<C>, Stock>

/** A parcel's number follows from its order: a repeat cannot make another one. The last twelve digits of a UUIDv7 are random. */
const trackingOf = (orderId: string) => `QD-${orderId.slice(-12).toUpperCase()}`

export const newAllocation = (orderId: string): Allocation => ({ orderId, status: 'none', paid: false, stop: false, items: [] })

/** Set aside all units or none; what was paid before we heard of the order leaves at once. */
export const placed = ((allocation, { orderId, items: lines }, shelf) => {
  if (allocation.status !== 'none') return { state: allocation }
  const items = addUp(lines)
  if (allocation.stop) return { state: { ...allocation, status: 'closed', items } }
  const missing = missingFrom(shelf, items)
  if (missing.length > 0) return { state: { ...allocation, status: 'short', items }, events: [StockShort({ orderId, missing })] }
  const reserved = StockReserved({ orderId, items })
  if (!allocation.paid)
    return { state: { ...allocation, status: 'reserved', items }, shared: move(shelf, items, 'onHand', 'reserved'), events: [reserved] }
  const shared = move(shelf, items, 'onHand', 'dispatched')
  return { state: { ...allocation, status: 'dispatched', items }, shared, events: [reserved, dispatched(orderId, items)] }
}) satisfies On<typeof OrderPlaced>

/** Send what is reserved. Paid before it is reserved: remember it. */
export const paid = ((before, _, shelf) => {
  const allocation = before.paid ? before : { ...before, paid: true }
  if (allocation.status !== 'reserved') return { state: allocation }
  const { orderId, items } = allocation
  const shared = move(shelf, items, 'reserved', 'dispatched')
  return { state: { ...allocation, status: 'dispatched' }, shared, events: [dispatched(orderId, items)] }
}) satisfies On<typeof PaymentCaptured>

const dispatched = (orderId: string, items: readonly Line[]) =>
  OrderDispatched({ orderId, items: [...items], tracking: trackingOf(orderId) })

/** The card was declined: give back what is reserved. Heard before the order itself: remember that it is over. */
export const declined = ((allocation, _: unknown, shelf) => {
  const { orderId, items, status } = allocation
  if (status === 'none' && !allocation.stop) return { state: { ...allocation, stop: true } }
  if (status !== 'reserved') return { state: allocation }
  const released = StockReleased({ orderId, items: [...items] })
  return { state: { ...allocation, status: 'released' }, shared: move(shelf, items, 'reserved', 'onHand'), events: [released] }
}) satisfies On<typeof PaymentFailed>

/** Told to whoever asks why an order stands still. */
export function waitsFor({ status, paid }: Allocation): string[] {
  if (status === 'none') return [`waits for OrderPlaced from orders${paid ? '; it is paid already' : ''}`]
  return status === 'reserved' ? ['waits for PaymentCaptured or PaymentFailed from payments; its stock is reserved'] : []
}

/** Cancelled: as declined, and what has left is called back. */
export const cancelled = ((allocation, fact, shelf) => {
  if (allocation.status !== 'dispatched') return declined(allocation, fact, shelf)
  const { orderId, items } = allocation
  const recalled = ParcelRecalled({ orderId, items: [...items], tracking: trackingOf(orderId) })
  return { state: { ...allocation, status: 'recalled' }, shared: move(shelf, items, 'dispatched', 'onHand'), events: [recalled] }
}) satisfies On<typeof OrderCancelled>
