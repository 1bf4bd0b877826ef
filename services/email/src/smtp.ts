import { createTransport } from 'nodemailer'
import MailComposer from 'nodemailer/lib/mail-composer'
import { type EmailWorld, MailRefused } from './effects/send-mail.ts'

export interface SmtpOptions {
  readonly url: string
  readonly from: string
}

/** No part of a mail is taken for the name of something to read. */
const closed = { disableFileAccess: true, disableUrlAccess: true }

/** The outside world: a mail server, over a few connections that stay open. */
export function createSmtpWorld({ url, from }: SmtpOptions): EmailWorld & { close(): void } {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 5,
    maxRequeues: 1, // only before a byte was sent, when the server had dropped an idle connection; all else is the runtime's to try again
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
  })
  return {
    async send({ messageId, to, orderId, subject, text, html }, signal) {
      const headers = { 'X-Order-Id': orderId, 'Auto-Submitted': 'auto-generated' }
      try {
        const mail = new MailComposer({ from, to: { name: '', address: to }, messageId, subject, text, html, headers, ...closed }).compile()
        // Composed while it is sent, it is nine small writes, each of which wakes the mail server: a quarter of what that spends on a mail.
        await transport.sendMail({ envelope: mail.getEnvelope(), raw: await mail.build(), signal })
      } catch (error) {
        throw isRefusal(error) ? new MailRefused((error as Error).message) : error
      }
      return { messageId }
    },
    close: () => transport.close(),
  }
}

/**
 * 5xx to the mail itself. To the greeting or the login it is the set-up that is wrong, and 503 speaks of the session: neither is the mail's fault,
 * so it comes back later.
 */
function isRefusal(error: unknown): boolean {
  const { code, responseCode = 500 } = error as { code?: string; responseCode?: number }
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode >= 500 && responseCode !== 503
}
