import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser'
import type { ReceivedMail } from './mailbox.ts'

/** Makes a mail of what came over the wire. */
export async function readMail(raw: Buffer, recipients: string[]): Promise<ReceivedMail> {
  const parsed = await simpleParser(raw, { skipTextToHtml: true, skipImageLinks: true })
  const headers = extensionHeaders(parsed)
  return {
    messageId: parsed.messageId ?? '',
    from: parsed.from?.text ?? '',
    to: addresses(parsed.to),
    recipients,
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    html: parsed.html || '',
    headers,
    orderId: headers['x-order-id'],
  }
}

const extensionHeaders = ({ headers }: ParsedMail) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-')).map(([name, value]) => [name, String(value)]))

const addresses = (to: AddressObject | AddressObject[] | undefined) =>
  [to ?? []].flat().flatMap(({ value }) => value.map(({ address }) => address ?? ''))
