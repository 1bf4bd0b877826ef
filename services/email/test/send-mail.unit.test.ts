import { describe, expect, it } from '@jest/globals'
import { EffectRefused } from '@quadrille/messaging'
import type { MailToSend } from '../src/correspondence.ts'
import { deliver, type EmailWorld, MailRefused, type OutgoingMail } from '../src/effects/send-mail.ts'
import { address, captured, orderId, placed } from './histories.ts'

const { items, total, currency } = placed.data as unknown as MailToSend['order']
const mail = { orderId, fact: 'PaymentCaptured', about: captured.data, to: address, order: { items, total, currency } } as MailToSend

const attempt = (world: EmailWorld) => ({
  key: `mail:${orderId}:PaymentCaptured`,
  again: false,
  signal: new AbortController().signal,
  world,
})
const failing = (error: Error) => deliver(mail, attempt({ send: () => Promise.reject(error) })).catch((thrown) => thrown)

describe('email, when a mail is due', () => {
  it('sends the same Message-ID on every attempt', async () => {
    const sent: OutgoingMail[] = []
    const world: EmailWorld = { send: async (one) => ({ messageId: sent[sent.push(one) - 1]!.messageId }) }
    const messageId = `<PaymentCaptured.${orderId}@quadrille.example>`
    expect([await deliver(mail, attempt(world)), await deliver(mail, { ...attempt(world), again: true })]).toEqual([
      { messageId },
      { messageId },
    ])
    expect(sent[0]).toMatchObject({ to: address, orderId, messageId })
    expect(sent[1]).toEqual(sent[0])
  })

  it('gives up what the mail server refuses for good, without the address in the reason', async () => {
    const error = await failing(new MailRefused('550 5.1.1 <Ada@Example.com>: no such user'))
    expect(error).toBeInstanceOf(EffectRefused)
    expect(error.message).toBe('550 5.1.1 <***>: no such user')
  })

  it('leaves everything else to be tried again', async () => {
    const error = await failing(Object.assign(new Error(`451 ${address}: greylisted`), { code: 'EENVELOPE' }))
    expect(error).not.toBeInstanceOf(EffectRefused)
    expect(error).toMatchObject({ message: '451 ***: greylisted', code: 'EENVELOPE' })
  })
})
