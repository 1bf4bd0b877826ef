import { OrderId } from '@quadrille/contracts'
import type { Routes } from '@quadrille/service-kit'
import { z } from 'zod'
import type { FactName, Mail } from './correspondence.ts'
import { subjectOf } from './templates/compose.ts'

const MailView = z.object({
  fact: z.string().meta({ description: 'The event the mail tells of.' }),
  subject: z.string(),
  status: z.enum(['waiting', 'due', 'sent']).meta({ description: 'waiting for the address, due at the mail server, or taken by it' }),
  messageId: z.string().nullable(),
  sentAt: z.iso.datetime().nullable(),
})

const MAILS = `
  select fact, status, message_id as "messageId", sent_at as "sentAt"
  from mails
  where order_id = $1
  order by position`

interface Row extends Pick<Mail, 'status' | 'messageId'> {
  readonly fact: FactName
  readonly sentAt: Date | null
}

export const routes = ((app, { query }) => {
  app.get(
    '/orders/:id/mails',
    {
      schema: {
        summary: "An order's mails, without the address; none while email has heard of nothing to write about",
        params: z.object({ id: OrderId }),
        response: { 200: z.array(MailView) },
      },
    },
    async ({ params: { id } }) => {
      const mails = await query<Row>(MAILS, [id])
      return mails.map(({ sentAt, ...mail }) => ({ ...mail, subject: subjectOf(mail.fact, id), sentAt: sentAt?.toISOString() ?? null }))
    },
  )
}) satisfies Routes
