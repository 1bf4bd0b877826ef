import { type Attempt, EffectRefused } from '@quadrille/messaging'
import type { MailToSend } from '../correspondence.ts'
import { compose } from '../templates/compose.ts'

/** A mail as it goes over the wire. */
export interface OutgoingMail {
  readonly messageId: string
  readonly to: string
  readonly orderId: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** What email needs of the outside. */
export interface EmailWorld {
  /** Resolves once the mail server has taken the mail. */
  send(mail: OutgoingMail, signal: AbortSignal): Promise<{ messageId: string }>
}

/** The mail server says no, and would say no again. */
export class MailRefused extends Error {
  readonly code = 'MAIL_REFUSED'
}

/** SMTP cannot be asked what it has taken, so a repeat goes out under the same Message-ID, by which a mailbox can tell. */
export async function deliver(mail: MailToSend, { signal, world }: Attempt<EmailWorld>): Promise<{ messageId: string }> {
  const { orderId, fact, to } = mail
  const messageId = `<${fact}.${orderId}@quadrille.example>`
  try {
    return await world.send({ messageId, to, orderId, ...compose(mail) }, signal)
  } catch (error) {
    throw withoutAddresses(error)
  }
}

/** Mail servers quote addresses in their answers, and errors go to logs and dead letters. */
function withoutAddresses(error: unknown): Error {
  const { message, code } = error as Error & { code?: string }
  const text = message.replaceAll(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '***')
  return error instanceof MailRefused ? new EffectRefused(text) : Object.assign(new Error(text), { code })
}
