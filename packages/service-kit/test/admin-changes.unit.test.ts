import { describe, expect, it } from '@jest/globals'
import { encode, OrderPlaced } from '@quadrille/contracts'
import { createGuard } from '../src/guard.ts'
import { letter, operators, orderId, READ_TOKEN, TOKEN } from './admin-world.ts'
import { fakeAudit, sampleApp } from './fakes.ts'

const { example } = OrderPlaced
const stamp = { id: 'e-1', time: '2026-11-22T15:04:05.678Z', correlationId: 'c-1', sequence: 1, traceparent: '' }
const { headers, value: sound } = encode(OrderPlaced, example, stamp)
const effect = {
  ...{ key: 'capture:1', kind: 'capture', orderId, status: 'due' as const, attempts: 1, runAt: new Date(0), firstStartedAt: null },
  ...{ leasedUntil: null, lastError: null, doneAt: null },
}
const refusing = (code: string) => () => Promise.reject(Object.assign(new Error('do this instead'), { code }))

describe("the operators' API, as a whole", () => {
  it('tells nothing to others, whatever the route, and says in OpenAPI that it does not', async () => {
    const { app } = await operators()
    const paths: Record<string, Record<string, { security?: unknown }>> = (await app.inject('/openapi.json')).json().paths
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => ({ url: path.replace('{id}', '1'), method, security })),
    )
    expect(operations.length).toBeGreaterThan(15)
    for (const { url, method, security } of operations.filter(({ url }) => url.startsWith('/admin'))) {
      const { statusCode } = await app.inject({ url, method: method.toUpperCase() as 'GET' })
      expect({ url, method, statusCode, security }).toEqual({ url, method, statusCode: 401, security: [{ operator: [] }] })
    }
  })
})

describe('whoever may only look', () => {
  const reader = `Bearer ${READ_TOKEN}`

  it('looks at everything, and asks what a change would touch', async () => {
    const { ask, audited } = await operators({ letters: [letter('1', {})] })
    const looks = ['/dead-letters', '/dead-letters/1', '/tasks', '/outbox', '/effects', '/consumer', '/audit']
    for (const url of looks) expect({ url, ...(await ask('GET', url, undefined, reader)) }).toMatchObject({ url, statusCode: 200 })
    const redrive = { kind: 'redrive', select: { all: true }, dryRun: true }
    expect((await ask('POST', '/tasks', redrive, reader)).json()).toMatchObject({ would: 3 })
    expect((await ask('POST', '/dead-letters/1/redrive', { dryRun: true }, reader)).statusCode).toBe(200)
    expect(audited).toEqual([])
  })

  it.each([
    ['/dead-letters/1/redrive', {}],
    ['/dead-letters/1/discard', { reason: 'planted' }],
    ['/tasks', { kind: 'redrive', select: { all: true } }],
    ['/tasks/1/cancel', {}],
    ['/outbox/parked/5/release', { reason: 'repaired' }],
    ['/effects/retry', { key: 'capture:1' }],
    ['/consumer/pause', { reason: 'a look' }],
    ['/consumer/resume', {}],
  ])('changes nothing, is told with what it could, and the audit holds the attempt: %s', async (url, body) => {
    const { ask, asked, audited } = await operators({ letters: [letter('1', {})] })
    const answer = (await ask('POST', url, body, reader)).json()
    expect(answer).toMatchObject({ status: 403, code: 'read-only', detail: expect.stringContaining('send the OPS_TOKEN') })
    expect(asked).toEqual([])
    expect(audited).toMatchObject([{ operator: 'ada', outcome: 'refused', status: 403 }])
    expect((await ask('GET', '/consumer')).json()).toMatchObject({ paused: null })
  })

  it('is no operator where there is no such token', async () => {
    const { app } = await sampleApp()
    app.get('/admin/bell', { onRequest: createGuard(app, { token: TOKEN }, fakeAudit().audit) }, async () => 'rung')
    const ring = (headers = {}) => app.inject({ url: '/admin/bell', headers })
    expect((await ring({ authorization: 'Bearer undefined' })).statusCode).toBe(401)
    expect((await ring()).statusCode).toBe(401)
  })
})

describe('the audit', () => {
  it('holds the name of an operator as it came where it is no escape: by curl', async () => {
    const { app, audited } = await operators()
    const headers = { authorization: `Bearer ${TOKEN}`, 'x-operator': 'ada 100%' }
    await app.inject({ method: 'POST', url: '/admin/consumer/resume', headers, payload: {} })
    expect(audited).toMatchObject([{ operator: 'ada 100%' }])
  })

  it('holds a name without what no database and no terminal takes', async () => {
    const { app, audited } = await operators()
    const headers = { authorization: `Bearer ${TOKEN}`, 'x-operator': 'a%00d%1B[2Ja%C2%9B' }
    await app.inject({ method: 'POST', url: '/admin/consumer/resume', headers, payload: {} })
    expect(audited).toMatchObject([{ operator: 'a\ufffdd\ufffd[2Ja\ufffd' }])
  })

  it('holds a change before it happens and its outcome after, but neither looks nor dry runs', async () => {
    const { ask, audited } = await operators({ letters: [letter('1', {})] })
    await ask('GET', '/dead-letters')
    await ask('POST', '/dead-letters/1/redrive', { dryRun: true })
    await ask('POST', '/dead-letters/1/discard', { reason: 'planted' })
    await ask('POST', '/dead-letters/2/redrive')
    const who = { operator: 'ada', ip: '127.0.0.1' }
    expect(audited).toMatchObject([
      {
        ...{ ...who, action: 'POST /admin/dead-letters/:id/discard', target: { id: '1' }, request: {}, reason: 'planted' },
        ...{ outcome: 'done', status: 200, result: JSON.stringify({ open: 0, trying: 0, orderId }) },
      },
      { ...who, action: 'POST /admin/dead-letters/:id/redrive', target: { id: '2' }, outcome: 'refused', status: 404 },
    ])
  })

  it.each(['/dead-letters/1/redrive', '/consumer/resume'])('holds why, where the operator says so: %s', async (url) => {
    const { app, ask, audited } = await operators({ letters: [letter('1', {})] })
    const { paths } = (await app.inject('/openapi.json')).json()
    const told = paths[`/admin${url.replace('1', '{id}')}`].post.requestBody.content['application/json'].schema
    expect(JSON.stringify(told)).toContain('"reason":{"type":"string"')
    await ask('POST', url, { reason: 'the bank is known now' })
    await ask('POST', url)
    expect((await ask('POST', url, { reason: ' ' })).json()).toMatchObject({ status: 400, code: 'invalid-request' })
    expect(audited).toMatchObject([
      { action: `POST /admin${url.replace('1', ':id')}`, reason: 'the bank is known now', outcome: 'done', status: 200 },
      { reason: null, outcome: 'done', status: 200 },
    ])
  })

  it.each([
    ['/tasks/1/cancel', {}, undefined],
    ['/effects/retry', { key: 'capture:1' }, { key: 'capture:1' }],
  ])('holds why, and lets no change pass for a dry run that it has not: %s', async (url, body, least) => {
    const { ask, audited } = await operators({ changed: { retryEffect: async () => effect } })
    expect((await ask('POST', url, { ...body, dryRun: true })).json()).toMatchObject({ status: 400, code: 'invalid-request' })
    expect((await ask('POST', url, { ...body, reason: 'begun by mistake' })).statusCode).toBe(200)
    expect((await ask('POST', url, least)).statusCode).toBe(200)
    expect(audited).toMatchObject([
      { reason: 'begun by mistake', outcome: 'done' },
      { reason: null, outcome: 'done' },
    ])
  })

  it('holds a change whatever its body says, where the route knows no dry run', async () => {
    const { app } = await sampleApp()
    const { audit, rows } = fakeAudit()
    app.post('/admin/bell', { onRequest: createGuard(app, { token: TOKEN }, audit) }, async () => 'rung')
    const headers = { authorization: `Bearer ${TOKEN}` }
    expect((await app.inject({ method: 'POST', url: '/admin/bell', headers, payload: { dryRun: true } })).body).toBe('rung')
    expect(rows).toMatchObject([{ action: 'POST /admin/bell', request: { dryRun: true }, outcome: 'done' }])
  })

  it('stops what it cannot hold', async () => {
    const unwritten = { begin: () => Promise.reject(Object.assign(new Error('no disk'), { code: '53100' })) }
    const { ask, asked } = await operators({ letters: [letter('1', {})], audit: unwritten })
    expect((await ask('POST', '/dead-letters/1/discard', { reason: 'planted' })).statusCode).toBe(503)
    expect(asked).toEqual([])
  })

  it('does not unmake a change when its outcome cannot be written', async () => {
    const { ask, audited, logged } = await operators({
      letters: [letter('1', {})],
      audit: { end: () => Promise.reject(new Error('gone')) },
    })
    expect((await ask('POST', '/dead-letters/1/redrive')).statusCode).toBe(200)
    expect(audited).toMatchObject([{ outcome: 'started' }])
    expect(logged()).toContainEqual(expect.objectContaining({ msg: 'an audit row was not completed', status: 200 }))
  })
})

describe('a dead letter, when it is shown', () => {
  const waiting = letter('2', { code: 'WAITING' })

  it('names every field at fault, and what waits behind, and masks what is personal', async () => {
    const { ask } = await operators({
      letters: [letter('1', { value: Buffer.from(JSON.stringify({ ...example, total: 'free', items: [] })), headers }), waiting],
    })
    const answer = await ask('GET', '/dead-letters/1')
    const { problems, behind, text, hex } = answer.json()
    expect(problems.map(({ path }: { path: string }) => path)).toEqual(['items', 'total'])
    expect(behind).toEqual([{ id: '2', eventId: 'e-2', type: 'OrderPlaced' }])
    expect(JSON.parse(text)).toMatchObject({ orderId, total: '***' })
    expect(hex).toBeNull()
    expect(answer.body).not.toContain(example.customer.email)
  })

  it.each([
    ['bytes that are no text', Buffer.from([0xff, 0x00]), { text: null, hex: 'ff00' }],
    ['text that is no JSON', Buffer.from('{oops'), { text: '{oops', hex: '7b6f6f7073' }],
  ])('shows %s, as they are', async (_, value, shown) => {
    const { ask } = await operators({ letters: [letter('1', { value })] })
    const details = (await ask('GET', '/dead-letters/1')).json()
    expect(details).toMatchObject({ ...shown, problems: [{ path: '', message: expect.any(String) }] })
  })

  it.each(['/dead-letters', '/dead-letters/1'])('shows no address and no payment token of an event that was cut: %s', async (url) => {
    const cut = Buffer.from(JSON.stringify(example)).subarray(0, -1)
    const { ask } = await operators({ letters: [letter('1', { value: cut, headers })] })
    const { body } = await ask('GET', url)
    expect(body).toContain(Buffer.from('{"orderId"').toString('hex'))
    for (const secret of [example.customer.email, example.paymentToken]) {
      expect(body).not.toContain(secret)
      expect(body).not.toContain(Buffer.from(secret).toString('hex'))
    }
  })

  it('finds nothing wrong with a sound record whose handler threw', async () => {
    const { ask } = await operators({ letters: [letter('1', { code: 'HANDLER', value: Buffer.from(sound), headers })] })
    expect((await ask('GET', '/dead-letters/1')).json().problems).toEqual([])
  })

  it('says what a redrive and a discard would touch', async () => {
    const { ask, asked } = await operators({ letters: [letter('1', {}), waiting] })
    expect((await ask('POST', '/dead-letters/1/redrive', { dryRun: true })).json()).toMatchObject({ would: 2, orders: 1 })
    expect((await ask('POST', '/dead-letters/1/discard', { dryRun: true, reason: 'look' })).json()).toMatchObject({ would: 1, orders: 1 })
    expect(asked).not.toContainEqual(expect.objectContaining({ discard: '1' }))
  })
})

describe('a sound event that only waits', () => {
  const letters = [letter('1', { code: 'HANDLER' }), letter('2', { code: 'WAITING' })]

  it.each([{}, { dryRun: true }])('is not discarded by mistake, and the cause is named: %j', async (more) => {
    const { ask, asked } = await operators({ letters })
    const answer = (await ask('POST', '/dead-letters/2/discard', { reason: 'tidy up', ...more })).json()
    expect(answer).toMatchObject({ status: 409, code: 'only-waits', detail: expect.stringContaining('letter 1 (HANDLER)') })
    expect(asked).not.toContainEqual(expect.objectContaining({ discard: '2' }))
  })

  it('is discarded by force, which the audit holds', async () => {
    const { ask, asked, audited } = await operators({ letters })
    expect((await ask('POST', '/dead-letters/2/discard', { reason: 'sent twice', force: true })).statusCode).toBe(200)
    expect(asked).toContainEqual({ discard: '2', reason: 'sent twice' })
    expect(audited).toMatchObject([{ request: { force: true }, reason: 'sent twice', outcome: 'done' }])
  })
})

describe('a letter that somebody else has ended', () => {
  const redriven = { outcome: 'redriven', endedAt: new Date(0) } as const
  const discarded = { outcome: 'discarded', endedAt: new Date(0), endedReason: 'planted' } as const
  const reason = 'not an event'

  it.each([
    ['discard', redriven, 'already-redriven'],
    ['redrive', discarded, 'already-discarded'],
  ])('refuses a %s, also where the other was faster by a moment', async (end, other, code) => {
    const before = await operators({ letters: [letter('1', other)] })
    expect((await before.ask('POST', `/dead-letters/1/${end}`, { reason })).json()).toMatchObject({ status: 409, code })
    expect(before.asked).toEqual([])

    const raced = letter('1', {})
    const { ask, asked, audited } = await operators({ letters: [raced], meanwhile: () => Object.assign(raced, other) })
    expect((await ask('POST', `/dead-letters/1/${end}`, { reason })).json()).toMatchObject({ status: 409, code })
    expect(asked).toHaveLength(1)
    expect(audited).toMatchObject([{ outcome: 'refused', status: 409 }])
  })

  it.each([
    ['discard', discarded],
    ['redrive', redriven],
  ])('takes a second %s as done', async (end, other) => {
    const { ask } = await operators({ letters: [letter('1', other)] })
    expect((await ask('POST', `/dead-letters/1/${end}`, { reason })).statusCode).toBe(200)
  })
})

describe('tasks', () => {
  const redrive = { kind: 'redrive', select: { code: 'HANDLER' } }

  it('are looked at first, then begun, and told where to follow them', async () => {
    const { ask, audited } = await operators()
    expect((await ask('POST', '/tasks', { ...redrive, dryRun: true })).json()).toEqual({ would: 3, orders: 1, sample: [{ id: '7' }] })
    const answer = await ask('POST', '/tasks', { ...redrive, reason: 'deployed a fix', ratePerSecond: 5 })
    expect(answer).toMatchObject({ statusCode: 202, headers: { location: '/admin/tasks/1' } })
    expect(answer.json()).toMatchObject({
      status: 'waiting',
      startedBy: 'ada',
      ratePerSecond: 5,
      reason: 'deployed a fix',
      request: redrive,
    })
    expect(answer.json()).not.toHaveProperty('plan')
    expect(audited).toHaveLength(1)
    expect((await ask('POST', '/tasks/1/cancel')).json()).toMatchObject({ status: 'cancelled' })
    expect((await ask('GET', '/tasks/9')).json()).toMatchObject({
      status: 404,
      detail: expect.stringMatching('GET /admin/tasks lists them'),
    })
  })

  it.each([
    { source: 'topic', from: 'beginning' },
    { source: 'topic', topic: 'orders.v1', from: { offsets: [{ topic: 'orders.v1', partition: 3, offset: '12' }] } },
    { source: 'outbox', from: { date: '2026-11-01T00:00:00Z' }, consumer: 'loyalty' },
  ])('replay %j', async (what) => {
    const { ask } = await operators()
    const answer = await ask('POST', '/tasks', { kind: 'replay', ...what })
    expect(answer.json()).toMatchObject({ ratePerSecond: 2_000, request: { kind: 'replay', ...what } })
  })

  it.each([
    ['no selection', { kind: 'redrive' }],
    ['a selection of two sorts', { kind: 'redrive', select: { code: 'HANDLER', all: true } }],
    ['a discard without a reason', { kind: 'discard', select: { all: true } }],
    ['a kind that there is not', { kind: 'forget', select: { all: true } }],
    ['a replay from nowhere', { kind: 'replay', source: 'memory', from: 'beginning' }],
    ['a replay of an outbox by offsets', { kind: 'replay', source: 'outbox', from: { offsets: [] } }],
    ['a replay since a day that is none', { kind: 'replay', source: 'topic', from: { date: 'yesterday' } }],
  ])('are refused with %s', async (_, body) => {
    const { ask } = await operators()
    expect((await ask('POST', '/tasks', body)).json()).toMatchObject({ status: 400, code: 'invalid-request' })
  })
})

describe('outbox, effects, consumer and orders', () => {
  it('show what waits, and say what cannot be done and what to do instead', async () => {
    const { ask } = await operators({ changed: { retryEffect: refusing('EFFECT_NOT_RETRIED') } })
    expect((await ask('GET', '/outbox')).json()).toMatchObject({ unsent: 0, oldestAgeSeconds: 0, lease: { owner: 'a' }, parked: [] })
    expect((await ask('POST', '/outbox/parked/5/release', { reason: 'limit raised' })).json()).toMatchObject({ status: 404 })
    expect((await ask('GET', '/effects?status=refused')).json()).toEqual([])
    expect((await ask('GET', '/effects?status=done')).json()).toMatchObject({ status: 400, code: 'order-needed' })
    const refusal = { status: 409, code: 'effect-not-retried', detail: 'do this instead' }
    expect((await ask('POST', '/effects/retry', { key: 'capture:1' })).json()).toMatchObject(refusal)
    expect((await ask('GET', `/orders/${orderId}`)).json()).toMatchObject({ orderId, parked: true, waits: ['waits for somebody'] })
    expect((await ask('GET', '/audit?limit=5')).json()).toEqual([])
  })

  it('pause the service with a reason and a name, once, and let it go on', async () => {
    const { ask, audited } = await operators()
    const paused = { reason: 'a look', by: 'ada', since: new Date(0).toISOString() }
    expect((await ask('POST', '/consumer/pause', {})).statusCode).toBe(400)
    expect((await ask('POST', '/consumer/pause', { reason: 'a look' })).json()).toMatchObject({ paused })
    expect((await ask('POST', '/consumer/pause', { reason: 'me too' })).json()).toMatchObject({
      ...{ status: 409, code: 'already-paused', detail: 'by ada' },
    })
    const running = { joined: true, paused: null, lastProgressSeconds: 3, partitions: [] }
    for (const ended of [paused, null]) expect((await ask('POST', '/consumer/resume')).json()).toEqual({ ...running, ended })
    expect(audited.map(({ outcome }) => outcome)).toEqual(['done', 'refused', 'done', 'done'])
  })
})
