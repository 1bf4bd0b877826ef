import type { MailRow, ReceivedMail } from './snapshot.ts'
import { byOrder, type Delivered, type Survey, type Violation } from './survey.ts'

const FACTS = new Set(['PaymentCaptured', 'PaymentFailed', 'PaymentRefunded', 'OrderDispatched', 'OrderCancelled', 'StockShort'])

/**
 * I5: one mail per order and fact. A repeat only with the same Message-ID, and only where the mail was tried more than once: its process died,
 * or the acknowledgement was lost.
 */
export function* oneMailPerFact(survey: Survey): Iterable<Violation> {
  const expected = new Map(survey.events.filter((event) => isTold(survey, event)).map((event) => [keyOf(event.orderId, event.type), event]))
  const rows = new Map(survey.mails.map((mail) => [keyOf(mail.orderId, mail.fact), mail]))
  const copies = Map.groupBy(survey.mailbox, ({ messageId }) => messageId)
  const attempts = new Map(survey.runtimes.email.effects.map((effect) => [effect.key, effect.attempts]))
  const addresses = byOrder(survey.orders)

  for (const key of expected.keys()) {
    const row = rows.get(key)
    const received = copies.get(row?.messageId ?? '') ?? []
    const address = addresses.get(row?.orderId ?? '')?.address
    yield* named(key, sentOnce(row, received, attempts.get(`mail:${key}`) ?? 0, address))
  }
  for (const [key, { status }] of rows)
    if (status === 'sent' && !expected.has(key)) yield* named(key, ['was written about, and did not happen'])
  const known = new Set(survey.mails.map(({ messageId }) => messageId))
  for (const messageId of copies.keys()) if (!known.has(messageId)) yield* named(messageId, ['was received, and email does not know it'])
}

const keyOf = (orderId: string, fact: string) => `${orderId}:${fact}`

function* named(subject: string, problems: Iterable<string>): Iterable<Violation> {
  for (const problem of problems) yield { invariant: 'I5', subject, problem }
}

/** Nothing is written where an operator discarded, for email, the fact itself or the order with its address. */
function isTold({ runtimes }: Survey, { id, type, orderId }: Delivered): boolean {
  const discarded = runtimes.email.letters.filter(({ outcome }) => outcome === 'discarded')
  const lost = discarded.some((letter) => letter.eventId === id || (letter.orderId === orderId && letter.type?.startsWith('OrderPlaced.')))
  return FACTS.has(type) && !lost
}

function* sentOnce(
  row: MailRow | undefined,
  received: readonly ReceivedMail[],
  attempts: number,
  address: string | undefined,
): Iterable<string> {
  if (row?.status !== 'sent') return yield `its mail is ${row?.status ?? 'missing'}`
  if (received.length === 0) yield 'its mail was not received'
  if (received.length > attempts) yield `${received.length} mails came of ${attempts} attempts`
  if (received.some(({ recipients }) => recipients.some((one) => one !== address))) yield 'its mail went to somebody else'
}
