import { createTransport } from 'nodemailer'
import { type EmailWorld, MailRefused } from './effects/send-mail.ts'

export interface SmtpOptions {
  readonly url: string
  readonly from: string
}

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
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send({ messageId, to, orderId, subject, text, html }, signal) {
      const headers = { 'X-Order-Id': orderId, 'Auto-Submitted': 'auto-generated' }
      try {
        await transport.sendMail({ from, to: { name: '', address: to }, messageId, subject, text, html, headers, signal })
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
