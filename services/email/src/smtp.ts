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
    maxRequeues: 0, // a broken connection may have delivered the mail: only the runtime tries again, and it counts
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

/** 5xx to the mail itself. To the greeting or the login it is the set-up that is wrong, and no mail's fault: that comes back later. */
function isRefusal(error: unknown): boolean {
  const { code, responseCode = 500 } = error as { code?: string; responseCode?: number }
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode >= 500
}
