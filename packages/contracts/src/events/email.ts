import { z } from 'zod'
import { defineEvent } from '../define.ts'
import { MessageId, OrderId } from '../values.ts'

export const EmailSent = defineEvent({
  emitter: 'email',
  type: 'EmailSent',
  version: 1,
  description: `Email emits this when the mail server has accepted a mail, one for each fact a customer cares about: "fact" names the event it
    tells of, "messageId" is its Message-ID, which stays the same if a crash makes the mail go out again. It carries no address.
    No service consumes it; support finds the mail by it.`,
  schema: z.object({
    orderId: OrderId,
    fact: z.enum(['PaymentCaptured', 'PaymentFailed', 'PaymentRefunded', 'OrderDispatched', 'OrderCancelled', 'StockShort']),
    messageId: MessageId,
  }),
  example: {
    orderId: '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e',
    fact: 'PaymentCaptured',
    messageId: '<PaymentCaptured.0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e@quadrille.example>',
  },
})
