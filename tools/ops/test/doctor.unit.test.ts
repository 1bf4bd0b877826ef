import { describe, expect, it } from '@jest/globals'
import type { EffectState, Operators } from '@quadrille/messaging'
import { Unreachable } from '../src/client.ts'
import { before, fakeOperators, group, letter, orderId, sampleTask, town } from './fakes.ts'

const consumerPausedBy = (by: string, reason: string, since: Date): Operators['consumer'] => ({
  ...fakeOperators().consumer,
  state: () => ({ joined: true, paused: { reason, by, since }, lastProgressSeconds: 3, partitions: [] }),
})

describe('ops doctor', () => {
  it('has nothing to say where all is well', async () => {
    const { out, exit } = await (await town()).run('doctor')
    expect({ out, exit }).toEqual({ exit: 0, out: '✔ All is well. Looked at orders, payments, warehouse, loyalty, email, lag.' })
  })

  it('counts the orders where orders can', async () => {
    const order = { orderId, status: 'dispatched', placedAt: before(60).toISOString(), total: { amount: 3400, currency: 'EUR' } }
    const orders = { orders: [order, { ...order, status: 'cancelled' }, { ...order, status: 'paid' }] }
    const { out, exit } = await (await town({ sick: { orders } })).run('doctor')
    expect({ last: out.split('\n').at(-1), exit }).toEqual({ exit: 0, last: '3 orders, 2 ended' })
  })

  it('says of each thing what it is, what to do, and which page says more', async () => {
    const late: EffectState = {
      ...{ key: `capture:${orderId}`, kind: 'charge-card', orderId, status: 'due', attempts: 3, runAt: before(-5), leasedUntil: null },
      ...{ firstStartedAt: before(100), lastError: 'connect ECONNREFUSED 127.0.0.1:3010', doneAt: null },
    }
    const row = {
      id: '4711',
      topic: 'orders.v1',
      key: orderId,
      eventId: 'e-1',
      type: 'OrderPlaced',
      reason: 'too large',
      parkedAt: before(60),
    }
    const parked = { lease: null, parked: [{ ...row, behind: 1 }] }
    const tasks = { ...fakeOperators().tasks, list: async () => [sampleTask({ status: 'running' }), sampleTask({ status: 'interrupted' })] }
    const letters = [letter('1', { code: 'HANDLER', parkedAt: before(90) }), letter('2', { code: 'WAITING', parkedAt: before(80) })]
    const { out, exit } = await (
      await town({
        sick: {
          orders: { changed: { outbox: async () => parked } },
          payments: { changed: { effects: async () => [late], tasks }, letters: [letter('1', { code: 'HANDLER', parkedAt: before(100) })] },
          warehouse: { ready: false, letters },
          loyalty: { changed: { consumer: consumerPausedBy('grace', 'a look', before(5)) } },
          email: { away: true },
        },
        lag: [
          [group('orders', 3, 45), group('payments', 0, 0), group('warehouse', 0, 0), group('loyalty', 0, 0), group('email', 12, 12, 0)],
        ],
      })
    ).run('doctor')
    expect(exit).toBe(1)
    expect(out.split('\n\n')).toEqual([
      '✖ orders: Kafka refuses its OrderPlaced (too large)\n    repair the cause, then: ops outbox release orders/4711 --reason "…"\n    docs/runbooks/outbox-stuck.md',
      '✖ payments: 1 effect charge-card waits: connect ECONNREFUSED 127.0.0.1:3010\n    bring back who does not answer; they go on by themselves: ops effects --service payments\n    docs/runbooks/effects-waiting.md',
      '✖ payments: task 1 (redrive) is interrupted: nobody works on it\n    start the service; it goes on: ops tasks watch payments/1\n    docs/runbooks/dead-letters.md',
      expect.stringMatching(/^✖ warehouse: it is not ready: not ok: database\n.*docker compose logs --tail 30 warehouse/),
      '✖ loyalty: its consumer is paused, by grace 5.0 s ago: "a look"; 0 records wait\n    ask grace, then: ops consumer resume loyalty --reason "…"\n    docs/runbooks/lag.md',
      expect.stringMatching(/^✖ email: nothing listens at http:\/\/email .*\n.*\n {4}docs\/runbooks\/service-down\.md$/),
      '✖ payments, warehouse: 2 dead letters HANDLER for 1 min 40 s, 1 order parked\n    ops dlq ls --code HANDLER; deploy the fix, then: ops dlq redrive --code HANDLER\n    docs/runbooks/dead-letters.md',
      '✖ group orders: it is 45 s behind, with 3 events\n    see where, and whether it shrinks: ops lag -v\n    docs/runbooks/lag.md',
      '✖ group email: it has no members, and 12 events wait\n    start the service: docker compose up -d email\n    docs/runbooks/consumer-without-members.md',
      '9 things are not well. Looked at orders, payments, warehouse, loyalty, email, lag.',
    ])
  })

  it('names a task that is tried again, and one that failed, until somebody has begun another like it', async () => {
    const stuck = { id: '9', kind: 'replay', status: 'running' as const, retriedSince: before(300), error: 'no broker answers' }
    const ended = { status: 'failed' as const, error: 'not allowed to write', updatedAt: before(120) }
    const all = [
      ...[sampleTask(stuck), sampleTask({ ...stuck, id: '8', retriedSince: before(30) })],
      ...[sampleTask({ ...ended, id: '7', kind: 'rebuild' }), sampleTask({ ...ended, id: '6', kind: 'replay' })],
      sampleTask({ ...ended, id: '5', updatedAt: before(4_000) }),
    ]
    const { run } = await town({ sick: { payments: { changed: { tasks: { ...fakeOperators().tasks, list: async () => all } } } } })
    expect((await run('doctor')).out.split('\n\n').slice(0, -1)).toEqual([
      '✖ payments: task 9 (replay) has been tried again for 5 min, and later ones wait: no broker answers\n    mend what it needs, and it goes on by itself; or: ops tasks cancel payments/9\n    docs/runbooks/README.md',
      '✖ payments: task 7 (rebuild) failed 2 min ago: not allowed to write\n    mend that, and begin it again; what it did: ops tasks ls --service payments\n    docs/runbooks/README.md',
    ])
  })

  it('says who paused a consumer, since when, and how much waits, and nothing else of that', async () => {
    const changed = { consumer: consumerPausedBy('night-shift', 'back soon', before(102)) }
    const none = 'no committed offset yet'
    const [topic] = group('warehouse', 3, 80).topics
    const topics = [topic!, { ...topic!, topic: 'payments.v1', partitions: group('warehouse', none, none, 1, 10).topics[0]!.partitions }]
    const quiet = ['orders', 'payments', 'loyalty', 'email'].map((name) => group(name, 0, 0))
    const { out } = await (
      await town({ sick: { warehouse: { changed } }, lag: [[...quiet, { ...group('warehouse', 0, 0), topics }]] })
    ).run('doctor')
    expect(out.split('\n\n')).toEqual([
      '✖ warehouse: its consumer is paused, by night-shift 1 min 42 s ago: "back soon"; 3 + up to 10 records wait\n    ask night-shift, then: ops consumer resume warehouse --reason "…"\n    docs/runbooks/lag.md',
      expect.stringMatching(/^1 thing is not well\./),
    ])
  })

  it('says how records that break their contract are discarded, as it has to be typed', async () => {
    const letters = [letter('1', { code: 'CONTRACT_DATA', parkedAt: before(90) })]
    const { out } = await (await town({ sick: { warehouse: { letters }, email: { letters } } })).run('doctor')
    expect(out).toContain(`✖ warehouse, email: 2 dead letters CONTRACT_DATA for 1 min 30 s, 1 order parked
    ops dlq ls --code CONTRACT_DATA; find the sender, then: ops dlq discard --code CONTRACT_DATA --reason "…" (shows them first; --yes does it)
    docs/runbooks/dead-letters.md`)
  })

  it('keeps what is known where a database is away or full, or where the operators are shut out, and tells of all others', async () => {
    const broken = { broken: true, ready: false }
    const { out, exit } = await (
      await town({ sick: { payments: broken, loyalty: { off: true }, email: { letters: [letter('1', { code: 'HANDLER' })] } } })
    ).run('doctor')
    expect(exit).toBe(1)
    expect(out.split('\n\n')).toEqual([
      expect.stringMatching(
        /^✖ payments: it is not ready: not ok: database\n.*logs --tail 30 payments.*\n.*disk-full\.md\n {4}docs\/runbooks\/service-down\.md$/,
      ),
      expect.stringMatching(/^✖ loyalty: loyalty: The operators' API is off: set OPS_TOKEN to use it\n.*OPS_TOKEN.*\n.*README\.md$/),
      expect.stringMatching(/^✖ email: 1 dead letter HANDLER/),
      expect.stringMatching(/^3 things are not well\./),
    ])
    const all = await (await town({ sick: { orders: broken, payments: broken, warehouse: broken, loyalty: broken, email: broken } })).run(
      'doctor',
    )
    expect({ exit: all.exit, findings: all.out.match(/it is not ready: not ok: database/g)?.length }).toEqual({ exit: 1, findings: 5 })
    expect(all.out).not.toContain('no service answers')
  })

  it('says that nobody is there', async () => {
    const away = { away: true }
    const sick = { orders: away, payments: away, warehouse: away, loyalty: away, email: away }
    const groupOffsets = () => Promise.reject(new Unreachable(3, 'Kafka does not answer'))
    const { out, exit } = await (await town({ sick, lag: null, kafka: { groupOffsets } })).run('doctor')
    expect(exit).toBe(3)
    expect(out).toMatch(/^✖ everything: no service answers: orders, .*\n {4}start it: npx -y pnpm@12 demo, or docker compose up --wait/)
    expect(out).toMatch(/2 things are not well/)
  })
})
