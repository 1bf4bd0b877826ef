import { describe, expect, it } from '@jest/globals'
import type { EffectState } from '@quadrille/messaging'
import Fastify from 'fastify'
import { before, fakeAudit, group, letter, nowhere, orderId, town } from './fakes.ts'

const services = ['orders', 'payments', 'warehouse', 'loyalty', 'email'] as const
const quiet = (...but: ReturnType<typeof group>[]) => [
  ...services.filter((name) => !but.some((one) => one.group === name)).map((name) => group(name, 0, 0)),
  ...but,
]

describe('ops lag', () => {
  it('tells who is behind, and from two readings when it will have caught up', async () => {
    const { run } = await town({ lag: [quiet(group('email', 30, 12)), quiet(group('email', 20, 14))] })
    const { out, exit } = await run('lag')
    expect(exit).toBe(0)
    expect(out).toBe(`Lag at 2026-11-22 15:10:04 UTC, from the console

GROUP      TOPIC      BEHIND  OLDEST  MEMBERS  DRAIN
orders     orders.v1       0       –        1  –
payments   orders.v1       0       –        1  –
warehouse  orders.v1       0       –        1  –
loyalty    orders.v1       0       –        1  –
email      orders.v1      20    14 s        1  in 8.0 s (2.5/s)`)
  })

  it('does not prophesy from what is on its way, and says when more comes than is read', async () => {
    const { run } = await town({
      lag: [quiet(group('email', 30, 2), group('orders', 4, 9)), quiet(group('email', 34, 3), group('orders', 8, 13))],
    })
    const { out } = await run('lag')
    expect(out).toMatch(/^email .* keeps up$/m)
    expect(out).toMatch(/^orders .* never: it grows by 1\.0\/s$/m)
  })

  it('calls a lag that is not known by its name, and a group that nobody is in', async () => {
    const none = 'no committed offset yet'
    const { run } = await town({ lag: [quiet(group('loyalty', none, none), group('email', 30, 12, 0))] })
    const { out, exit } = await run('lag', '-v')
    expect(exit).toBe(1)
    expect(out).toContain('loyalty    orders.v1      no committed offset yet, up to 40       ?          1  ?')
    expect(out).toContain('  3: - of 40   no committed offset yet')
    expect(out).toContain('30    12 s  0 (empty)  never: nobody reads')
  })

  it('adds no unknown lag to a known one, and does not take it for none', async () => {
    const none = 'no committed offset yet'
    const read = (partition: number, lag: number) => ({ partition, high: 4, committed: 4 - lag, lag, lagSeconds: lag * 12 })
    const unread = (partition: number, high: number) => ({ partition, high, committed: none, lag: none, lagSeconds: none })
    const [one] = group('warehouse', 0, 0).topics
    const topics = [
      { ...one!, topic: 'orders.v1', partitions: [read(0, 1), unread(2, 2), unread(5, 3)] },
      { ...one!, topic: 'payments.v1', partitions: [read(0, 0), unread(2, 7)] },
    ]
    const { run } = await town({ lag: [quiet({ ...group('warehouse', 0, 0), topics })] })
    const { out, exit } = await run('lag', '-v', '-g', 'warehouse')
    expect(exit).toBe(1)
    expect(out.split('\n').slice(2).join('\n')).toBe(`\
GROUP      TOPIC                                  BEHIND  OLDEST  MEMBERS  DRAIN
warehouse  orders.v1                 1 + up to 5 unknown  ≥ 12 s        1  ?
             0: 3 of 4                                 1    12 s
             2: - of 2  no committed offset yet, up to 2       ?
             5: - of 3  no committed offset yet, up to 3       ?
warehouse  payments.v1               0 + up to 7 unknown       ?        1  ?
             0: 4 of 4                                 0       –
             2: - of 7  no committed offset yet, up to 7       ?`)
    const { groups } = JSON.parse((await run('lag', '--json', '-g', 'warehouse')).out)
    expect(groups).toEqual([expect.objectContaining({ lag: 1, unknown: 12, neverCommitted: 3, drain: { kind: 'unknown' } })])
  })

  it('asks Kafka itself where the console is away, and then knows no ages', async () => {
    const offset = (group: string) => (group === 'email' ? '4' : '7')
    const groupOffsets = async (group: string, topics: readonly string[]) =>
      topics.map((topic) => ({ topic, partition: 0, offset: offset(group) }))
    const { run } = await town({ lag: null, kafka: { groupOffsets } })
    const { out, exit } = await run('lag', '--group', 'email')
    expect(exit).toBe(0)
    expect(out).toMatch(/from Kafka itself, which knows no ages: the console does not answer/)
    expect(out).toMatch(/email {2}warehouse\.v1 +3 +\? +1 {2}/)
  })

  it('is also for programs', async () => {
    const { run } = await town({ lag: [quiet(group('email', 30, 40))] })
    const { out, exit } = await run('lag', '--json', '--group', 'email')
    expect(exit).toBe(1)
    expect(JSON.parse(out).groups).toEqual([expect.objectContaining({ group: 'email', lag: 30, seconds: 40, drain: { kind: 'unknown' } })])
  })
})

describe('ops outbox', () => {
  const parked = { id: '4711', topic: 'orders.v1', key: orderId, eventId: 'e-1', type: 'OrderPlaced', reason: 'too large' }
  const row = { ...parked, parkedAt: before(60), behind: 2 }

  it('names what Kafka refuses, and the way out', async () => {
    const { run } = await town({ sick: { orders: { changed: { outbox: async () => ({ lease: null, parked: [row] }) } } } })
    const { out, exit } = await run('outbox', '-s', 'orders')
    expect(exit).toBe(1)
    expect(out).toBe(`SERVICE  UNSENT  OLDEST  SENT BY  SET ASIDE
orders        0       –  nobody   1

orders/4711  OrderPlaced of ${orderId} for orders.v1, set aside 1 min ago
  Kafka refuses it: too large
  2 later events wait for it; repair the cause, then: ops outbox release orders/4711 --reason "…"`)
  })

  it('releases it, with a reason', async () => {
    const { run, audited } = await town({ sick: { orders: { changed: { releaseParked: async () => row } } } })
    expect(await run('outbox', 'release', 'orders/4711')).toMatchObject({ exit: 2, err: expect.stringMatching('say why') })
    const released = await run('outbox', 'release', '4711', '--service', 'orders', '--reason', 'repaired')
    expect(released).toEqual({ exit: 0, out: 'orders/4711 is released, with 2 events behind it; the relay sends it now', err: '' })
    expect(audited.orders).toMatchObject([{ operator: 'ada', reason: 'repaired', outcome: 'done' }])
  })
})

describe('ops dlq', () => {
  const poison = letter('7', { code: 'CONTRACT_DATA', parkedAt: before(90) })
  const behind = letter('8', { code: 'WAITING', error: 'waits behind e-7', parkedAt: before(30) })

  it('lists what is parked, by the names that every other command takes', async () => {
    const { run, asked } = await town({ sick: { payments: { letters: [poison, behind] } } })
    const { out, exit } = await run('dlq', '--service', 'payments')
    expect(exit).toBe(1)
    expect(out).toContain(`
payments/7  CONTRACT_DATA  OrderPlaced  ${orderId}  1 min 30 s ago  total: must be whole
payments/8  WAITING        OrderPlaced  ${orderId}  30 s ago        waits behind e-7`)
    expect(out).toMatch(/^SERVICE {3}CODE {11}OPEN {2}ORDERS/)
    expect(asked.payments).toContainEqual({ limit: 20, open: true })
    expect(asked.orders).toEqual([])
  })

  it('has nothing to say where nothing is parked', async () => {
    expect(await (await town()).run('dlq', 'ls')).toEqual({ exit: 0, out: 'There is no dead letter here.', err: '' })
  })

  it('shows a letter, what is wrong with it, and what to do', async () => {
    const { run } = await town({ sick: { payments: { letters: [poison, behind] } } })
    const { out } = await run('dlq', 'show', 'payments/7')
    expect(out).toMatch(/^Dead letter payments\/7: CONTRACT_DATA\n\n {2}order +/)
    expect(out).toContain('It breaks its contract:\n')
    expect(out).toContain('1 later event waits behind it: OrderPlaced')
    expect(out).toContain('\n  origin  from no outbox: orders never emitted this\n')
    expect(out).toContain('What to do: orders never emitted this (it is in no outbox), and for this order no other OrderPlaced: discard')
    expect(out).not.toContain('@example.com')
    expect(await run('dlq', 'show', '7')).toMatchObject({ exit: 2, err: 'whose 7? write payments/7, or add --service payments' })
  })

  it('redrives one order, and says what is left', async () => {
    const { run, audited } = await town({ sick: { payments: { letters: [poison] } } })
    const { out, exit } = await run('dlq', 'redrive', 'payments/7')
    expect({ out, exit }).toEqual({ exit: 1, out: 'payments/7: 1 letter of its order is still open: ops dlq show payments/7' })
    expect(audited.payments).toMatchObject([{ action: 'POST /admin/dead-letters/:id/redrive', operator: 'ada', reason: null }])
    await run('dlq', 'redrive', 'payments/7', '--reason', 'the shelf is back')
    expect(audited.payments).toMatchObject([{}, { reason: 'the shelf is back' }])
    expect(await run('dlq', 'redrive', 'payments/9')).toMatchObject({ exit: 1, err: expect.stringMatching('payments: .*no dead letter 9') })
  })

  it('says where to look next, since a redriven effect takes its time', async () => {
    const { run, apps } = await town({ sick: { payments: { letters: [poison] } } })
    const left = { open: 2, trying: 2, orderId }
    apps.get('payments')!.addHook('onSend', async ({ method }, _, body) => (method === 'POST' ? JSON.stringify(left) : body))
    expect(await run('dlq', 'redrive', 'payments/7')).toEqual({
      exit: 0,
      out: `payments/7: the effect is tried again now, and what waits behind it follows: ops orders show ${orderId}`,
      err: '',
    })
  })

  it('discards with a reason, and many of them only when told twice', async () => {
    const { run, asked } = await town({ sick: { payments: { letters: [poison, letter('8', {})] } } })
    expect(await run('dlq', 'discard', 'payments/7')).toMatchObject({ exit: 2, err: expect.stringMatching('say why') })
    const why = ['--reason', 'planted'] as const
    expect(await run('dlq', 'discard', 'payments/7', ...why)).toMatchObject({
      exit: 0,
      out: `payments/7: discarded; nothing of its order waits here any more: ops orders show ${orderId}`,
    })
    expect(asked.payments).toContainEqual({ discard: '7', reason: 'planted' })
    const both = ['payments/7', 'payments/8', ...why]
    expect(await run('dlq', 'discard', ...both)).toMatchObject({
      exit: 1,
      out: expect.stringMatching(/would discard 1 letter[\s\S]*would discard 1 letter[\s\S]*Nothing was done yet: add --yes$/),
    })
    expect(asked.payments).not.toContainEqual({ discard: '8', reason: 'planted' })
    expect(await run('dlq', 'discard', ...both, '--yes')).toMatchObject({ exit: 0, out: expect.stringMatching('payments/8: discarded') })
    expect(asked.payments).toContainEqual({ discard: '8', reason: 'planted' })
    const many = await run('dlq', 'discard', '--code', 'CONTRACT_DATA', '-s', 'payments', ...why)
    expect(many).toMatchObject({
      exit: 1,
      out: expect.stringMatching(/would discard 3 letters of 1 order[\s\S]*Nothing was done yet: add --yes/),
    })
  })

  it('discards a letter that only waits by force alone, and only by its id', async () => {
    const waiting = letter('8', { code: 'WAITING' })
    const { run, asked, audited } = await town({ sick: { payments: { letters: [poison, waiting] } } })
    const named = ['dlq', 'discard', 'payments/8', '--reason', 'ended by hand']
    expect(await run(...named)).toMatchObject({ exit: 1, err: expect.stringContaining('`force: true` discards this one all the same') })
    expect(await run(...named, '--force', '--dry-run')).toMatchObject({ exit: 0, out: expect.stringMatching('would discard 1 letter') })
    expect(asked.payments).not.toContainEqual(expect.objectContaining({ discard: '8' }))
    expect(await run(...named, '--force')).toMatchObject({ exit: 0, out: expect.stringMatching('payments/8: discarded') })
    expect(asked.payments).toContainEqual({ discard: '8', reason: 'ended by hand' })
    expect(audited.payments).toMatchObject([{ outcome: 'refused' }, { request: { force: true }, reason: 'ended by hand' }])
  })

  it.each([
    [['discard', '--all', '--force', '--reason', 'x'], '--force is for letters that are named: payments/8'],
    [['redrive'], 'name letters (payments/7), or choose them by one of --code, --order and --all'],
    [['redrive', 'payments/7', '--all'], 'by one of'],
    [['redrive', '--all', '--code', 'X'], 'by one of'],
    [['redrive', '--all', '--rate', '0'], '--rate must be a whole number from 1 to 100000, not "0"'],
    [['redrive', '--al'], "Unknown option '--al': see ops dlq redrive --help"],
    [['ls', '--service', 'psp'], 'there is no service psp: --service takes orders, payments'],
  ])('is used wrongly: %j', async (args, words) => {
    expect(await nowhere()('dlq', ...args)).toMatchObject({ exit: 2, out: '', err: expect.stringContaining(words) })
  })
})

describe('ops effects', () => {
  const refused: EffectState = {
    ...{ key: `capture:${orderId}`, kind: 'charge-card', orderId, status: 'refused', attempts: 3, runAt: before(100), leasedUntil: null },
    ...{ firstStartedAt: before(100), lastError: 'the account is closed', doneAt: null },
  }
  const hold: EffectState = {
    ...refused,
    key: `award:${orderId}`,
    kind: 'award-points',
    status: 'due',
    attempts: 0,
    runAt: before(-125),
    lastError: null,
  }
  const sick = {
    payments: { changed: { effects: async () => [refused], retryEffect: async () => ({ ...refused, status: 'due' as const }) } },
  }

  it('lists what is left to be done, and what was refused', async () => {
    const { run } = await town({ sick: { ...sick, loyalty: { changed: { effects: async () => [hold] } } } })
    const { out, exit } = await run('effects')
    expect(exit).toBe(1)
    expect(out).toBe(`SERVICE   EFFECT        STATUS   TRIED  NEXT          KEY                                           LAST ERROR
payments  charge-card   refused      3  –             capture:${orderId}  the account is closed
loyalty   award-points  due          0  in 2 min 5 s  award:${orderId}`)
  })

  it('tries one again, at the service that has it', async () => {
    const { run, audited } = await town({ sick })
    expect(await run('effects', 'retry', refused.key, '--reason', 'repaired')).toMatchObject({
      exit: 0,
      out: `payments: ${refused.key} is due, and is tried now: ops effects --order ${orderId}`,
    })
    expect(audited.payments).toMatchObject([{ request: { key: refused.key }, reason: 'repaired' }])
    expect(await run('effects', 'retry', 'mail:1')).toMatchObject({
      exit: 1,
      err: expect.stringMatching('no service that answers has an effect'),
    })
    expect(await run('effects', '--status', 'lost')).toMatchObject({ exit: 2 })
  })
})

describe('ops tasks', () => {
  it('cancels one with a reason, which the audit keeps', async () => {
    const { run, audited } = await town()
    await run('tasks', 'cancel', 'payments/1', '--reason', 'it was the wrong code')
    expect(audited.payments).toMatchObject([{ action: 'POST /admin/tasks/:id/cancel', reason: 'it was the wrong code' }])
  })
})

describe('ops consumer', () => {
  it('pauses one service, shows it, and lets it go on', async () => {
    const { run, audited } = await town()
    expect(await run('consumer', 'pause', 'email')).toMatchObject({ exit: 2, err: expect.stringMatching('say why') })
    expect(await run('consumer', 'pause', 'email', '--reason', 'it moves')).toMatchObject({ exit: 0 })
    const paused = await run('consumer')
    expect(paused.exit).toBe(1)
    expect(paused.out).toMatch(/^email +paused by ada .* ago: it moves/m)
    expect(await run('consumer', 'pause', 'email', '--reason', 'me too')).toMatchObject({
      ...{ exit: 1, err: 'email: The consumer is paused already: by ada' },
    })
    expect(await run('consumer', 'resume', 'email', '--reason', 'it has moved')).toMatchObject({
      ...{ exit: 0, out: expect.stringMatching('email consumes again') },
    })
    expect(await run('consumer', 'resume', 'email')).toMatchObject({ exit: 0, out: 'email was not paused' })
    expect(audited.email).toMatchObject([
      { reason: 'it moves' },
      { outcome: 'refused' },
      { action: 'POST /admin/consumer/resume', reason: 'it has moved' },
      {},
    ])
    expect(await run('consumer', '-s', 'email')).toMatchObject({ exit: 0, out: expect.stringMatching(/^email +yes +3\.0 s ago/m) })
  })
})

describe('one service that fails inside, or shuts operators out', () => {
  it.each(['dlq ls', 'outbox', 'effects', 'audit', `orders show ${orderId}`])('hides nothing of the others: %s', async (line) => {
    const { run } = await town({ sick: { payments: { broken: true }, loyalty: { off: true } } })
    const { out, err, exit } = await run(...line.split(' '))
    expect({ exit, err: err.split('\n').slice(0, 2) }).toEqual({
      exit: 3,
      err: [
        'payments: Not now: try again soon: something this service needs does not answer',
        "loyalty: The operators' API is off: set OPS_TOKEN to use it",
      ],
    })
    expect(out).not.toBe('')
  })
})

describe('whoever answers no JSON', () => {
  it.each([200, 404, 502])('is none of ours, and is told in one line: %s', async (status) => {
    const { run, apps } = await town()
    apps.set('email', page(status))
    const said = await run('consumer', 'pause', 'email', '--reason', 'it moves')
    expect(said).toEqual({
      ...{ exit: 3, out: '' },
      err: `who answers at http://email (${status}, but no JSON) is not email, or a proxy before it: set EMAIL_URL to its own address`,
    })
    expect(await run('outbox')).toMatchObject({ exit: 3, out: expect.stringMatching(/^orders /m), err: said.err })
    expect(await run('doctor')).toMatchObject({ exit: 1, out: expect.stringContaining(`✖ email: ${said.err}`) })
  })

  const page = (status: number) => {
    const app = Fastify()
    app.all('/*', (_, reply) => reply.code(status).type('text/html').send('<html>It works!</html>'))
    return app
  }
})

describe('ops topics', () => {
  it('compares Kafka with the contracts', async () => {
    const range = (partition: number) => ({ partition, low: '2', high: '7' })
    const topicOffsets = async (topic: string) => {
      if (topic === 'email.dlq') throw Object.assign(new Error('no'), { type: 'UNKNOWN_TOPIC_OR_PARTITION' })
      return Array.from({ length: topic === 'orders.v1' ? 6 : 12 }, (_, partition) => range(partition))
    }
    const { out, exit } = await (await town({ kafka: { topicOffsets } })).run('topics')
    expect(exit).toBe(1)
    expect(out).toMatch(/^orders\.v1 +6, not 12 {2}7 days +30 +42$/m)
    expect(out).toMatch(/^payments\.v1 +12 {2}7 days +60 +84$/m)
    expect(out).toMatch(/^email\.dlq +it is not there {2}30 days +0 +0$/m)
  })
})

describe('ops audit', () => {
  it('is newest first, of all services', async () => {
    const row = (id: string, at: Date, outcome: 'done' | 'started') => ({
      ...{ id, at, operator: 'ada', ip: null, action: 'POST /admin/tasks', target: {}, request: { kind: 'redrive' }, reason: 'fixed' },
      ...{ outcome, status: 200, result: null, endedAt: null },
    })
    const audit = (...rows: ReturnType<typeof row>[]) => ({ ...fakeAudit().audit, list: async () => rows as never })
    const { run } = await town({
      sick: {
        payments: { changed: { audit: audit(row('2', before(10), 'done'), row('1', before(90), 'done')) } },
        email: { changed: { audit: audit(row('1', before(20), 'started')) } },
      },
    })
    const { out } = await run('audit', '--limit', '2')
    expect(out.split('\n').slice(1)).toEqual([
      '2026-11-22 15:09:50  ada  payments  POST /admin/tasks  kind=redrive  done     fixed',
      '2026-11-22 15:09:40  ada  email     POST /admin/tasks  kind=redrive  started  fixed',
    ])
  })
})
