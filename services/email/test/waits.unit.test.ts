import { describe, expect, it } from '@jest/globals'
import { newCorrespondence, waitsFor } from '../src/correspondence.ts'

describe('email, when asked what an order waits for', () => {
  it('names the event and who tells it', () => {
    const fresh = newCorrespondence('o-1')
    const mail = { fact: 'PaymentCaptured', status: 'waiting', about: {} as never, messageId: null, sentAt: null } as const
    expect(waitsFor({ ...fresh, mails: [mail] })).toEqual(['waits for OrderPlaced from orders, which brings the address for 1 mail(s)'])
    expect(waitsFor({ ...fresh, address: 'ada@example.com' })).toEqual([])
  })
})
