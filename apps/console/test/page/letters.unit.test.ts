import { describe, expect, it } from '@jest/globals'
import { curlOf, endCode, endLetters } from '../../page/views/change/twins.ts'
import { aboutOf } from '../../page/views/letters/audit-words.ts'
import { causesOf } from '../../page/views/letters/causes.ts'
import { type CodeGroup, groupsOf, totalsOf } from '../../page/views/letters/code-groups.ts'
import { aboutEnd } from '../../page/views/letters/end-words.ts'
import { outcomeWords } from '../../page/views/letters/outcome-words.ts'
import { reasonOf } from '../../page/views/letters/reason.ts'
import { remedyOf } from '../../page/views/letters/remedy.ts'
import { afterwards, progressText, shareOf, taskTitle } from '../../page/views/letters/task-progress.ts'
import type { AuditRow, OrderStory, Task } from '../../src/api-types.ts'

const summary = (code: string, open: number) => ({
  code,
  open,
  orders: open,
  firstSeen: '2026-11-22T10:00:00Z',
  lastSeen: '2026-11-22T11:00:00Z',
})

describe('open dead letters', () => {
  const groups = groupsOf([
    { service: 'payments', body: [summary('WAITING', 9), summary('HANDLER', 2)] },
    { service: 'email', body: [summary('CONTRACT_DATA', 5)] },
  ])

  it('stand by service and code: causes first, and what only waits behind them last', () => {
    expect(groups.map(({ service, code }: CodeGroup) => `${service} ${code}`)).toEqual([
      'email CONTRACT_DATA',
      'payments HANDLER',
      'payments WAITING',
    ])
  })

  it('are counted apart from what only waits', () => {
    expect(totalsOf(groups)).toEqual({ faults: 7, waiting: 9, services: 2 })
  })

  it('are redriven after a repair, discarded where they are no events, and left alone where they only wait', () => {
    const actions = ['HANDLER', '23505', 'EFFECT_REFUSED', 'UNDECODABLE', 'CONTRACT_VERSION', 'WAITING'].map(
      (code) => remedyOf(code).action,
    )
    expect(actions).toEqual(['redrive', 'redrive', 'redrive', 'discard', 'discard', 'none'])
  })
})

describe('what does the same without the page', () => {
  it('is a command that a shell takes as it is, whatever the reason', () => {
    const change = { service: 'payments', path: 'admin/dead-letters/7/discard', body: { reason: "it's $HOME" } }
    expect(curlOf(change, 'http://localhost:3000')).toBe(
      `curl -s -XPOST -H "authorization: Bearer $OPS_TOKEN" -H 'content-type: application/json' -d '{"reason":"it'\\''s $HOME"}' http://localhost:3000/api/services/payments/admin/dead-letters/7/discard`,
    )
    expect(curlOf({ service: 'email', path: 'admin/tasks/3/cancel' }, 'http://h')).not.toContain('-d')
  })

  it('is a line of ops, too', () => {
    expect(endLetters('redrive', ['payments/7'], {})).toBe('npx -y pnpm@12 ops dlq redrive payments/7')
    expect(endLetters('discard', ['payments/7', 'email/2'], { reason: 'a script' })).toBe(
      "npx -y pnpm@12 ops dlq discard payments/7 email/2 --reason 'a script' --yes",
    )
    expect(endCode('redrive', 'warehouse', 'HANDLER', { rate: 20 })).toBe(
      'npx -y pnpm@12 ops dlq redrive --service warehouse --code HANDLER --rate 20',
    )
  })
})

const task: Task = {
  ...{ id: '3', kind: 'redrive', request: { kind: 'redrive', select: { code: 'HANDLER' } }, status: 'running' },
  ...{ total: 40, done: 10, trying: 0, failed: 2, ratePerSecond: 7, startedBy: 'ada', reason: null, error: null },
  ...{ retriedSince: null, waitsFor: null, createdAt: '2026-11-22T10:00:00Z', updatedAt: '2026-11-22T10:00:00Z' },
}

describe('long work', () => {
  it('tells how far it is, and what is left', () => {
    expect(taskTitle(task)).toBe('redrive of HANDLER')
    expect(progressText(task)).toBe('12 of 40 · 2 failed again · about 4 s left')
    expect(shareOf(task)).toBe(0.3)
    expect(shareOf({ ...task, total: 0 })).toBe(1)
  })

  it('tells why it stands still', () => {
    expect(progressText({ ...task, status: 'waiting', waitsFor: '2' })).toContain('waits for task 2')
    expect(progressText({ ...task, retriedSince: '2026-11-22T10:01:02Z', error: 'no broker' })).toContain(
      'tried again since 10:01:02 UTC: no broker',
    )
    expect(progressText({ ...task, status: 'failed', error: 'no right' })).toContain('failed: no right')
  })

  it('says what is left to know once it is over', () => {
    expect(afterwards(task)).toBeNull()
    expect(afterwards({ ...task, status: 'done' })).toContain('still open')
    expect(afterwards({ ...task, status: 'done', trying: 1 })).toContain('only tried again')
  })
})

describe('what to do about a refused effect', () => {
  it('goes by the words of the provider, and says what is harmless', () => {
    const { cause, what, action } = remedyOf('EFFECT_REFUSED', 'the payment provider answered 422 token-unknown')
    expect([cause, action]).toEqual([expect.stringContaining('does not know the bank of this card'), 'redrive'])
    expect(what).toContain('one redrive is harmless: the provider is asked first by the same key')
    expect(remedyOf('EFFECT_REFUSED', 'answered 422 key-reused').what).not.toContain('harmless')
    expect(remedyOf('EFFECT_REFUSED', 'answered 403').what).toContain('harmless')
  })
})

describe('before a letter is discarded', () => {
  it('nobody is told to cancel an order that loses nothing', () => {
    expect(aboutEnd('discard', true)).toContain('do not cancel it')
    expect(aboutEnd('discard', true)).not.toContain('end that order')
    expect(aboutEnd('discard', false)).toContain('end that order with the operators’ cancel')
  })
})

describe('after a letter was ended', () => {
  const letter = { service: 'payments' as const, effectKey: 'capture:o-1' }
  const told = (status: string, letters: object[] = [], stuck = false) =>
    ({
      stuck,
      story: { letters, effects: [{ service: 'payments', key: 'capture:o-1', status, lastError: '422 token-unknown' }] },
    }) as unknown as OrderStory

  it('its outcome is told: tried, refused again, or passed', () => {
    expect(outcomeWords(letter, told('due'))).toBe('The effect is being tried.')
    expect(outcomeWords(letter, told('refused'))).toBe('The effect was refused again: 422 token-unknown. Its letter stays open.')
    expect(outcomeWords(letter, told('done'))).toBe('The effect has passed. It goes on by itself.')
    expect(outcomeWords(letter, told('done', [{ service: 'email', id: '3', status: 'open' }], true))).toBe(
      'The effect has passed. Still open: email/3.',
    )
    expect(outcomeWords({ ...letter, effectKey: null }, told('done', [], true))).toBe('It is still stuck: its page tells why.')
  })

  const row = (at: string, reason: string | null, id = '1') =>
    ({ id: '9', at, reason, action: 'POST /admin/dead-letters/:id/redrive', target: { id }, request: {} }) as unknown as AuditRow
  const ended = { id: '1', code: 'EFFECT_REFUSED', orderId: 'o-1', endedAt: '2026-11-22T10:00:05Z', endedReason: null }

  it('its reason is the audit’s where an effect that passed has ended it', () => {
    const audit = [
      row('2026-11-22T10:00:03Z', 'the bank is known'),
      row('2026-11-22T10:00:01Z', 'a try'),
      row('2026-11-22T10:00:09Z', 'late'),
    ]
    expect(reasonOf(ended, audit)).toBe('the bank is known')
    expect(reasonOf({ ...ended, endedReason: 'its own' }, audit)).toBe('its own')
    expect(reasonOf(ended, [row('2026-11-22T10:00:03Z', 'another’s', '2'), row('2026-11-22T10:00:03Z', null)])).toBe('no reason was given')
  })
})

describe('what the audit names', () => {
  it('is called as everywhere else', () => {
    expect(aboutOf({ service: 'orders', target: { id: '1' }, request: { reason: 'x', force: true } })).toBe('orders/1 force=true')
    expect(aboutOf({ service: 'orders', target: { id: '0199c0de-0000-7000-8000-000000000001' }, request: null })).toMatch(/^0199c0de/)
    expect(aboutOf({ service: 'orders', target: null, request: { kind: 'redrive', select: { code: 'HANDLER' } } })).toBe(
      'kind=redrive code=HANDLER',
    )
  })

  it('is counted the same everywhere: what only waits behind a letter is no cause', () => {
    expect(causesOf({ open: 5, orders: 2, byCode: { HANDLER: 2, WAITING: 3 } })).toBe(2)
    expect(causesOf(null)).toBe(0)
  })
})
