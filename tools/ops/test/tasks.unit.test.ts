import { describe, expect, it } from '@jest/globals'
import type { Operators, Task } from '@quadrille/messaging'
import type { FastifyInstance } from 'fastify'
import { before, fakeAudit, letter, sampleTask, town } from './fakes.ts'

/** Tasks of one service, which go one step further with every look. */
function worker(steps: readonly Partial<Task>[]): Operators['tasks'] {
  let at = 0
  const next = () => sampleTask({ total: 4, ...steps[Math.min(at++, steps.length - 1)] })
  return {
    plan: async () => ({ plan: {}, total: 4, would: 5, orders: 4, sample: [{ id: '7', code: 'HANDLER', error: 'no such shelf' }] }),
    start: async () => sampleTask({ total: 4 }),
    find: async (id) => (id === '1' ? next() : undefined),
    list: async () => [sampleTask({ total: 4, status: 'running', done: 1 })],
    cancel: async () => sampleTask({ total: 4, done: 1, status: 'cancelled' }),
  }
}
const nothing = { plan: async () => ({ plan: {}, total: 0, would: 0, orders: 0, sample: [] }) }
const idle = { changed: { tasks: { ...worker([]), ...nothing } } }
const others = { orders: idle, warehouse: idle, loyalty: idle, email: idle }
const running = [{ status: 'running' as const }, { status: 'running' as const, done: 2 }]

describe('a redrive of many', () => {
  it('begins where there is something to do, shows its progress, and tells how it ended', async () => {
    const { run, audited } = await town({
      sick: { ...others, payments: { changed: { tasks: worker([...running, { status: 'done', done: 3, trying: 1 }]) } } },
    })
    const { out, err, exit } = await run('dlq', 'redrive', '--code', 'HANDLER', '--rate', '5', '--reason', 'fixed')
    expect(exit).toBe(0)
    expect(out.split('\n')).toEqual([
      'task 1 of payments: the redrive is done: 3 steps of 4 went through',
      '  1 refused effect is only tried again now, and may be refused again: ops effects --service payments --status refused',
    ])
    expect(err.split('\n').map((line) => line.replace(/[█─]+/, '#'))).toEqual([
      'task 1 of payments  redrive  #  0 of 4  0.1 s left',
      'task 1 of payments  redrive  #  2 of 4  0.0 s left',
      'task 1 of payments  redrive  #  4 of 4  1 tried again  done',
    ])
    const request = { kind: 'redrive', select: { code: 'HANDLER' }, ratePerSecond: 5 }
    expect(audited.payments).toMatchObject([{ action: 'POST /admin/tasks', request, reason: 'fixed' }])
    expect(audited.email).toEqual([])
  })

  it('only looks, where asked', async () => {
    const { run, audited } = await town({ sick: { ...others, payments: { changed: { tasks: worker([]) } } } })
    const { out, exit } = await run('dlq', 'redrive', '--all', '--dry-run')
    expect(exit).toBe(0)
    expect(out).toBe('payments: would redrive 5 letters of 4 orders\n  payments/7  HANDLER  no such shelf')
    expect(audited.payments).toEqual([])
    expect(await run('dlq', 'redrive', '--all', '--service', 'email')).toMatchObject({ exit: 0, out: 'There is nothing to redrive.' })
  })

  it('goes on without who began it, by wish or by Ctrl-C', async () => {
    const asked = new AbortController()
    const sick = { ...others, payments: { changed: { tasks: worker(running) } } }
    const { run } = await town({ sick, signal: asked.signal, pause: async () => asked.abort() })
    expect(await run('dlq', 'redrive', '--all', '--detach')).toMatchObject({
      exit: 0,
      out: 'It runs without you; watch it: ops tasks watch payments/1',
    })
    const { exit, err } = await run('dlq', 'redrive', '--all')
    expect(exit).toBe(130)
    expect(err).toMatch(/the work goes on without you; watch it: ops tasks watch payments\/1 {3}end it: ops tasks cancel payments\/1$/)
  })

  it('begins nowhere while one service does not answer', async () => {
    const { run, audited } = await town({ sick: { payments: { changed: { tasks: worker(running) } }, email: { away: true } } })
    expect(await run('dlq', 'redrive', '--all')).toMatchObject({
      exit: 3,
      out: '',
      err: expect.stringMatching('nothing listens at http://email'),
    })
    expect(audited.payments).toEqual([])
  })
})

describe('what is cut short half way', () => {
  const why = ['--reason', 'fixed'] as const
  const busy = { changed: { tasks: worker(running) } }
  const both = { payments: busy, loyalty: busy, email: busy }
  const posts = (app: FastifyInstance, then: () => void) =>
    app.addHook('preHandler', async ({ method, body }) => {
      if (method === 'POST' && !(body as { dryRun?: boolean } | undefined)?.dryRun) then()
    })

  it('names the tasks that run already, and where none was begun', async () => {
    const { run, apps } = await town({ sick: { ...others, ...both } })
    posts(apps.get('loyalty')!, () => {
      throw new Error('out of memory')
    })
    const { exit, err } = await run('dlq', 'redrive', '--all', ...why)
    expect({ exit, err: err.split('\n') }).toEqual({
      exit: 1,
      err: [
        'loyalty: Something went wrong here',
        'begun already, and goes on without you: ops tasks watch payments/1   end it: ops tasks cancel payments/1',
        'not done: email',
      ],
    })
  })

  it('says by Ctrl-C what runs already', async () => {
    const asked = new AbortController()
    const { run, apps } = await town({ sick: { ...others, ...both }, signal: asked.signal })
    posts(apps.get('payments')!, () => asked.abort())
    const { exit, err } = await run('dlq', 'redrive', '--all', ...why)
    expect({ exit, err: err.split('\n') }).toEqual({
      exit: 130,
      err: [
        'interrupted before loyalty answered: whether it was done, tells ops audit --service loyalty',
        'begun already, and goes on without you: ops tasks watch payments/1   end it: ops tasks cancel payments/1',
        'not done: email',
      ],
    })
  })

  it('goes on past a letter that is refused, and says of every one what came of it', async () => {
    const letters = ['1', '2', '4'].map((id) => letter(id, {}))
    const { run } = await town({ sick: { payments: { letters } } })
    const { out, err, exit } = await run('dlq', 'discard', 'payments/1', 'payments/2', 'payments/3', 'payments/4', '--yes', ...why)
    expect(out.split('\n').map((line) => line.split(';')[0])).toEqual([
      'payments/1: discarded',
      'payments/2: discarded',
      'payments/4: discarded',
    ])
    expect({ exit, err }).toEqual({ exit: 1, err: expect.stringMatching(/^not done: payments\/3: payments: .*no dead letter 3/) })
  })

  it('says by Ctrl-C which letters were ended, and which were not', async () => {
    const asked = new AbortController()
    const { run, apps } = await town({ sick: { payments: { letters: ['1', '2', '3'].map((id) => letter(id, {})) } }, signal: asked.signal })
    posts(apps.get('payments')!, () => asked.abort())
    const { out, err, exit } = await run('dlq', 'discard', 'payments/1', 'payments/2', 'payments/3', '--yes', ...why)
    expect({ exit, err, out }).toEqual({
      exit: 130,
      err: 'not done: payments/2 payments/3',
      out: expect.stringMatching(/^payments\/1: discarded/),
    })
  })
})

describe('ops tasks', () => {
  const failing = [
    { status: 'running' as const, done: 1 },
    { status: 'done' as const, done: 3, failed: 1 },
  ]

  it('lists, watches and cancels them', async () => {
    const { run } = await town({ sick: { ...others, payments: { changed: { tasks: worker(failing) } } } })
    expect((await run('tasks', '-s', 'payments')).out).toMatch(/^task 1 of payments {2}redrive {2}running {2}1 of 4 {2}– +– +ada/m)
    expect(await run('tasks', 'watch', 'payments/1')).toMatchObject({
      exit: 1,
      out: `task 1 of payments: the redrive is done: 3 steps of 4 went through, 1 failed again: ops dlq ls --service payments`,
    })
    expect(await run('tasks', 'cancel', 'payments/1')).toMatchObject({
      exit: 0,
      out: 'task 1 of payments: the redrive is cancelled; 1 step of 4 went through',
    })
    expect(await run('tasks', 'watch', 'payments/9')).toMatchObject({ exit: 1, err: expect.stringMatching('no task 9') })
  })

  it('says what a task waits for, and what it is tried again for', async () => {
    const stuck = { status: 'running' as const, done: 1, retriedSince: before(300), error: 'no broker answers' }
    const list = async () => [sampleTask({ id: '2', waitsFor: '1' }), sampleTask({ ...stuck, total: 4 })]
    const { run } = await town({ sick: { payments: { changed: { tasks: { ...worker([stuck, { status: 'done', done: 4 }]), list } } } } })
    const { out } = await run('tasks', 'ls', '-s', 'payments')
    expect(out).toMatch(/^task 2 of payments .* waiting .* waits for task 1$/m)
    expect(out).toMatch(/^task 1 of payments .* running .* tried again since 15:05:00 UTC: no broker answers$/m)
    const { err } = await run('tasks', 'watch', 'payments/1')
    expect(err).toMatch(/1 of 4 {2}tried again since 15:05:00 UTC: no broker answers\n.*4 of 4 {2}done/)
  })

  it('leave their end in the audit, with their counts', async () => {
    const ended = {
      ...{ id: '8', at: before(10), operator: 'ada', ip: null, action: 'task ended', target: { task: '3', kind: 'redrive' }, reason: null },
      ...{ request: { kind: 'redrive' }, outcome: 'cancelled' as const, status: null, endedAt: before(10) },
      result: JSON.stringify({ done: 3, trying: 1, failed: 0, total: 9 }),
    }
    const audit = { ...fakeAudit().audit, list: async () => [ended] }
    const { run } = await town({ sick: { payments: { changed: { audit } } } })
    expect((await run('audit', '-s', 'payments')).out.split('\n')[1]).toBe(
      '2026-11-22 15:09:50  ada  payments  task ended  task=3 kind=redrive done=3 trying=1 failed=0 total=9  cancelled',
    )
  })

  it('waits for a service that starts again', async () => {
    let pauses = 0
    const pause = async () => {
      pauses += 1
      if (pauses === 1) apps.delete('payments')
      if (pauses === 3) apps.set('payments', app)
    }
    const steps = [
      { status: 'running' as const, done: 1 },
      { status: 'done' as const, done: 4 },
    ]
    const { run, apps } = await town({ sick: { payments: { changed: { tasks: worker(steps) } } }, pause })
    const app = apps.get('payments')!
    const { exit, err } = await run('tasks', 'watch', 'payments/1')
    expect(exit).toBe(0)
    expect(err).toContain('task 1 of payments  it does not answer; trying again')
  })

  it('gives up on one that stays away, and says how to look again', async () => {
    let clock = 0
    const { run } = await town({ sick: { payments: { away: true } }, now: () => (clock += 10_000) })
    const { exit, err } = await run('tasks', 'watch', 'payments/1')
    expect(exit).toBe(3)
    expect(err).toMatch(/its task goes on when it is back: ops tasks watch payments\/1$/)
  })
})
