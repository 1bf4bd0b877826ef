import { describe, expect, it } from '@jest/globals'
import { curlOf, endCode, endLetters } from '../../page/views/change/twins.ts'
import { type CodeGroup, groupsOf, totalsOf } from '../../page/views/letters/code-groups.ts'
import { remedyOf } from '../../page/views/letters/remedy.ts'
import { afterwards, progressText, shareOf, taskTitle } from '../../page/views/letters/task-progress.ts'
import type { Task } from '../../src/api-types.ts'

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
