import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { appOver, openServiceDatabase } from '@quadrille/service-kit/testing'
import { createStory } from '@quadrille/testing/story'
import { routes } from '../src/http.ts'
import { email } from '../src/service.ts'
import { correspondenceStore } from '../src/store.ts'
import { address, cancelled, captured, orderId, placed } from './histories.ts'

let database: Awaited<ReturnType<typeof openServiceDatabase>>
let app: Awaited<ReturnType<typeof appOver>>
beforeAll(async () => {
  database = await openServiceDatabase('email', new URL('../src/migrations', import.meta.url))
  app = await appOver('email', routes, database)
})
afterAll(async () => {
  await app.close()
  await database.close()
})

describe('email, when it is asked for the mails of an order', () => {
  it('lists them as they came up, and never the address', async () => {
    const story = createStory(email, { answer: () => ({ messageId: '<a.b@quadrille.example>' }) })
    story.play([placed, captured])
    story.tell(cancelled)
    await correspondenceStore.save(database, [story.states.get(orderId)!])
    const answer = await app.inject(`/orders/${orderId}/mails`)
    expect(answer.json()).toEqual([
      {
        fact: 'PaymentCaptured',
        subject: 'Thank you for your order (0A1C2D4E)',
        status: 'sent',
        messageId: '<a.b@quadrille.example>',
        sentAt: '2030-01-01T12:00:00.000Z',
      },
      { fact: 'OrderCancelled', subject: 'Your order is cancelled (0A1C2D4E)', status: 'due', messageId: null, sentAt: null },
    ])
    expect(answer.body).not.toContain(address)
  })

  it('has none for an order that nothing is to be written about', async () => {
    expect((await app.inject('/orders/0198f2a4-6c1e-7d3a-9b52-000000000001/mails')).json()).toEqual([])
    expect((await app.inject('/orders/7/mails')).statusCode).toBe(400)
  })
})
