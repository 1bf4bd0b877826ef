import type { FactName, MailToSend } from '../correspondence.ts'
import type { MailText } from './layout.ts'
import { showMoney } from './money.ts'

/** What each fact's mail says. */
export const wording: { readonly [F in FactName]: (mail: MailToSend<F>) => Omit<MailText, 'subject'> } = {
  PaymentCaptured: ({ about, order }) => ({
    paragraphs: [
      'Thank you for your order.',
      `We have received your payment of ${showMoney(about.amount, about.currency)} and will send you a tracking number as soon as the parcel leaves. This is what you ordered:`,
    ],
    rows: [
      ...order.items.map(({ name, quantity, price }) => [`${quantity} × ${name}`, showMoney(quantity * price, order.currency)] as const),
      ['Total', showMoney(order.total, order.currency)],
    ],
  }),

  PaymentFailed: ({ about }) => ({
    paragraphs: [
      `Your payment did not go through. The answer we got was: ${about.reason}.`,
      'No money has been taken, and we have closed the order. You are welcome to order again with another card.',
    ],
  }),

  PaymentRefunded: ({ about }) => ({
    paragraphs: [
      `We have refunded ${showMoney(about.amount, about.currency)} to the card you paid with.`,
      'Depending on your bank, it may take a few days until you see it on your account.',
    ],
  }),

  OrderDispatched: ({ about, order }) => ({
    paragraphs: [`Your parcel is on its way. Its tracking number is ${about.tracking}. This is what is inside:`],
    rows: about.items.map(({ sku, quantity }) => [nameOf(sku, order), String(quantity)]),
  }),

  OrderCancelled: ({ about }) => ({
    paragraphs: [
      about.by === 'customer' ? 'We have cancelled your order, as you asked.' : 'We had to cancel your order, and we are sorry about that.',
      'If you have paid already, we will refund the full amount and write to you when that is done. If the parcel has left, it will come back to us: you need not do anything.',
    ],
  }),

  StockShort: ({ about, order }) => ({
    paragraphs: [
      'We are sorry: we cannot deliver your order, because not everything you ordered is in stock.',
      'We send nothing rather than a part of it. If you have paid already, we will refund the full amount and write to you when that is done. This is what we were short of:',
    ],
    rows: about.missing.map(({ sku, requested, available }) => [nameOf(sku, order), `${requested} ordered, ${available} in stock`]),
  }),
}

const nameOf = (sku: string, { items }: MailToSend['order']) => items.find((item) => item.sku === sku)?.name ?? sku
