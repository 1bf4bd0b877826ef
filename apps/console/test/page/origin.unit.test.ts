import { describe, expect, it } from '@jest/globals'
import { cameFrom, foreignWords } from '../../page/views/letters/origin-words.ts'
import type { Origin } from '../../src/api-types.ts'

const never: Origin = { emitter: 'payments', emitted: 'never', genuine: null, letters: [], unread: [], open: null, underWay: [] }

describe('a record that is in no outbox', () => {
  it('is said to be somebody else’s', () => {
    expect(cameFrom(never)).toBe('From no outbox: payments never emitted this.')
  })

  it('is discarded at every reader, and its order goes on by the genuine one', () => {
    const words = foreignWords('PaymentCaptured', { ...never, genuine: 'payments.v1-3-3991', unread: ['loyalty'] })
    expect(words).toContain('The genuine PaymentCaptured is payments.v1-3-3991')
    expect(words).toContain('do not cancel the order')
    expect(words).toContain('loyalty has not read it yet')
  })

  it('without a genuine one may need an end of the order, but not while its emitter still works for it', () => {
    expect(foreignWords('PaymentCaptured', never)).not.toContain('cancel')
    const words = foreignWords('PaymentCaptured', { ...never, open: 'o-1', underWay: ['charge-card due'] })
    expect(words).toContain('wait for what payments still does (charge-card due)')
    expect(words).toContain('only if not, end it by the operators’ cancel')
  })
})
