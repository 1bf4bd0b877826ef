import type { FactName, MailToSend } from '../correspondence.ts'
import { type MailText, toHtml, toText } from './layout.ts'
import { wording } from './wording.ts'

const SUBJECTS: Readonly<Record<FactName, string>> = {
  PaymentCaptured: 'Thank you for your order',
  PaymentFailed: 'Your payment did not go through',
  PaymentRefunded: 'We have refunded your order',
  OrderDispatched: 'Your parcel is on its way',
  OrderCancelled: 'Your order is cancelled',
  StockShort: 'We cannot deliver your order',
}

/** The end of an order's id is enough for people to tell their orders apart. */
const shortId = (orderId: string) => orderId.slice(-8).toUpperCase()

export const subjectOf = (fact: FactName, orderId: string) => `${SUBJECTS[fact]} (${shortId(orderId)})`

/** The whole mail, as text and as HTML. */
export function compose(mail: MailToSend) {
  const say = wording[mail.fact] as (mail: MailToSend) => Omit<MailText, 'subject'>
  const subject = subjectOf(mail.fact, mail.orderId)
  const said = { subject, ...say(mail) }
  return { subject, text: toText(said), html: toHtml(said) }
}
