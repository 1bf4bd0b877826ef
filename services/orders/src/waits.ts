import type { Order } from './order.ts'

/** Told to whoever asks why an order stands still. */
export function waitsFor({ status }: Order): string[] {
  if (status === 'placed') return ['waits for PaymentCaptured or PaymentFailed from payments, or StockShort from warehouse']
  return status === 'paid' ? ['waits for OrderDispatched or StockShort from warehouse'] : []
}
