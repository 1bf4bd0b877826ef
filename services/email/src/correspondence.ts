import {
  type Data,
  EmailSent,
  type OrderCancelled,
  type OrderDispatched,
  type OrderPlaced,
  type PaymentCaptured,
  type PaymentFailed,
  type PaymentRefunded,
  type StockShort,
} from '@quadrille/contracts'
import { type Answered, type Decision, describeEffect, type Effect, type Handler, unwanted } from '@quadrille/messaging'

/** The facts a customer gets a mail about. */
interface Facts {
  PaymentCaptured: Data<typeof PaymentCaptured>
  PaymentFailed: Data<typeof PaymentFailed>
  PaymentRefunded: Data<typeof PaymentRefunded>
  OrderDispatched: Data<typeof OrderDispatched>
  OrderCancelled: Data<typeof OrderCancelled>
  StockShort: Data<typeof StockShort>
}
export type FactName = keyof Facts
/** A fact's data, by the fact's name: what its template is told. */
export type About<F extends FactName = FactName> = Facts[F]

/** One mail of one order: `waiting` for an address, `due` at the mail server, `sent` once that has taken it. */
export interface Mail {
  readonly fact: FactName
  readonly status: 'waiting' | 'due' | 'sent'
  readonly about: About
  readonly messageId: string | null
  readonly sentAt: string | null
}

/** What a template needs of the order itself. */
export type Order = Pick<Data<typeof OrderPlaced>, 'items' | 'total' | 'currency'>

/** Where an order's mails go, and which there are: at most one for each fact. */
export interface Correspondence {
  readonly orderId: string
  readonly address: string | null
  readonly order: Order | null
  readonly mails: readonly Mail[]
}

/** All that a mail is made of. */
export interface MailToSend<F extends FactName = FactName> {
  readonly orderId: string
  readonly fact: F
  readonly about: About<F>
  readonly to: string
  readonly order: Order
}

type On<C> = Handler<Correspondence, Data<C>>
type SendMail = Effect<'send-mail', MailToSend>

/** Always wanted: a mail tells what has happened, and that does not cease to be true. */
export const sendMail = describeEffect('send-mail', {
  key: ({ orderId, fact }: MailToSend) => `mail:${orderId}:${fact}`,
  wanted: (_correspondence: Correspondence) => true,
})

export const newCorrespondence = (orderId: string): Correspondence => ({ orderId, address: null, order: null, mails: [] })

/** The address is known: what waited for it goes. */
export const placed = ((before, { customer, items, total, currency }) => {
  if (before.address !== null) return { state: before }
  return sendWaiting({ ...before, address: customer.email, order: { items, total, currency } })
}) satisfies On<typeof OrderPlaced>

/** Something the customer cares about has happened; heard before, its mail is there already. */
export const tell =
  <F extends FactName>(fact: F) =>
  (before: Correspondence, about: About<F>): Decision<Correspondence, never, never, SendMail> => {
    if (before.mails.some((mail) => mail.fact === fact)) return { state: before }
    const mail: Mail = { fact, status: 'waiting', about, messageId: null, sentAt: null }
    return sendWaiting({ ...before, mails: [...before.mails, mail] })
  }

function sendWaiting(correspondence: Correspondence) {
  const { orderId, address: to, order, mails } = correspondence
  if (to === null || order === null) return { state: correspondence }
  const effects = mails.flatMap(({ status, fact, about }) => (status === 'waiting' ? [sendMail({ orderId, fact, about, to, order })] : []))
  return {
    state: { ...correspondence, mails: mails.map((mail) => (mail.status === 'waiting' ? { ...mail, status: 'due' as const } : mail)) },
    effects,
  }
}

/** Told to whoever asks why an order stands still; a mail that the server does not take stands among the effects. */
export function waitsFor({ address, mails }: Correspondence): string[] {
  if (address !== null) return []
  return [`waits for OrderPlaced from orders, which brings the address${mails.length > 0 ? ` for ${mails.length} mail(s)` : ''}`]
}

/** The mail server has taken it. */
export const mailed = (
  before: Correspondence,
  { orderId, fact, answer }: Answered<MailToSend, { messageId: string }>,
  _: unknown,
  now: Date,
) => {
  if (answer === unwanted || !before.mails.some((mail) => mail.fact === fact && mail.status === 'due')) return { state: before }
  const { messageId } = answer
  const sent = { status: 'sent' as const, messageId, sentAt: now.toISOString() }
  const mails = before.mails.map((mail) => (mail.fact === fact ? { ...mail, ...sent } : mail))
  return { state: { ...before, mails }, events: [EmailSent({ orderId, fact, messageId })] }
}
