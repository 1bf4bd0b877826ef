import { describe, expect, it } from '@jest/globals'
import { everywhere } from '../../page/views/everywhere.ts'
import { actionWords, detailsOf } from '../../page/views/letters/audit-words.ts'
import { aboutLetter } from '../../page/views/letters/audited.ts'
import {
  endedSentence,
  isWell,
  type Letter,
  letterName,
  needsForce,
  onePerOrder,
  together,
  wouldSentence,
} from '../../page/views/letters/selection.ts'
import type { AuditRow } from '../../src/api-types.ts'

const letter = (id: string, orderId: string | null, more: Partial<Letter> = {}) =>
  ({ service: 'payments', id, orderId, code: 'HANDLER', ...more }) as Letter

describe('letters that are chosen', () => {
  it('are redriven once for an order, since a redrive takes all of it', () => {
    const chosen = [letter('1', 'o-1'), letter('2', 'o-1'), letter('3', null), letter('4', null), letter('5', 'o-1', { service: 'email' })]
    expect(onePerOrder(chosen).map(letterName)).toEqual(['payments/1', 'payments/3', 'payments/4', 'email/5'])
  })

  it('need force where one of them only waits', () => {
    expect(needsForce({ by: 'name', letters: [letter('1', 'o-1')] })).toBe(false)
    expect(needsForce({ by: 'name', letters: [letter('1', 'o-1'), letter('2', 'o-1', { code: 'WAITING' })] })).toBe(true)
    expect(needsForce({ by: 'code', service: 'payments', code: 'HANDLER' })).toBe(false)
  })

  it('are looked at first, and told together', () => {
    const one = {
      would: 8,
      orders: 6,
      sample: [
        { id: '1', code: 'HANDLER', error: 'no weight' },
        { id: '2', code: 'HANDLER', error: 'no weight' },
      ],
    }
    const would = together([
      { service: 'payments', ...one },
      { service: 'email', would: 4, orders: 3, sample: [{ id: '9', code: '23505', error: 'twice' }] },
    ])
    expect(wouldSentence('redrive', would)).toBe('Would redrive 12 letters of 9 orders.')
    expect(would.sample).toEqual([
      { code: 'HANDLER', error: 'no weight', names: ['payments/1', 'payments/2'] },
      { code: '23505', error: 'twice', names: ['email/9'] },
    ])
    expect(wouldSentence('discard', together([]))).toBe('There is nothing to discard.')
  })

  it('are told one by one: what came of each', () => {
    const of = letter('7', 'o-1')
    expect(endedSentence('redrive', { letter: of, open: 0 })).toBe('payments/7: redriven; nothing of its order waits here any more')
    expect(endedSentence('redrive', { letter: of, open: 2, trying: 1 })).toContain('its effect is tried again')
    expect(endedSentence('discard', { letter: of, open: 1 })).toContain('1 letter of its order is still open')
    expect(endedSentence('discard', { letter: of, problem: 'it is sound' })).toContain('not done: it is sound')
    expect(endedSentence('discard', { letter: of, problem: 'no answer', unsure: true })).toContain(
      'not known whether it was done: no answer',
    )
    expect(
      [
        { letter: of, open: 0 },
        { letter: of, open: 1, trying: 1 },
        { letter: of, open: 1 },
        { letter: of, problem: 'no' },
      ].map(isWell),
    ).toEqual([true, true, false, false])
  })
})

describe('what operators did', () => {
  const row = (action: string, target: unknown, request: unknown = null) => ({ action, target, request }) as AuditRow

  it('is told in words', () => {
    expect(actionWords('POST /admin/dead-letters/:id/redrive')).toBe('dead letter: redrive')
    expect(actionWords('POST /admin/tasks')).toBe('task begun')
    expect(actionWords('POST /admin/tasks/:id/cancel')).toBe('task: cancel')
    expect(actionWords('POST /admin/consumer/pause')).toBe('consumer: pause')
    expect(actionWords('task ended')).toBe('task ended')
    expect(detailsOf({ id: '7' }, { kind: 'redrive', select: { code: 'HANDLER' }, dryRun: false })).toBe('id=7 kind=redrive code=HANDLER')
  })

  it('about a letter is what named it, its code, or its order', () => {
    const rows = [
      row('POST /admin/dead-letters/:id/redrive', { id: '7' }),
      row('POST /admin/dead-letters/:id/redrive', { id: '8' }),
      row('POST /admin/tasks', {}, { kind: 'redrive', select: { code: 'HANDLER' } }),
      row('POST /admin/tasks', {}, { kind: 'redrive', select: { code: '23505' } }),
      row('POST /admin/tasks', {}, { kind: 'redrive', select: { orderId: 'o-1' } }),
      row('POST /admin/consumer/pause', {}, {}),
    ]
    expect(aboutLetter({ id: '7', code: 'HANDLER', orderId: 'o-1' }, rows)).toEqual([rows[0], rows[2], rows[4]])
  })
})

describe('what several services are asked', () => {
  it('is told apart from who did not answer', async () => {
    const answers = await everywhere(
      (service) => (service === 'email' ? Promise.reject(new Error('down')) : Promise.resolve(service.length)),
      ['orders', 'email'],
    )
    expect(answers.found).toEqual([{ service: 'orders', body: 6 }])
    expect(answers.missing).toMatchObject([{ service: 'email' }])
  })

  it('fails where nobody answers', async () => {
    await expect(everywhere(() => Promise.reject(new Error('down')))).rejects.toThrow('down')
  })
})
