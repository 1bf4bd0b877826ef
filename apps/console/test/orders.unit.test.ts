import { afterAll, describe, expect, it } from '@jest/globals'
import { serveOrders } from '../src/api/orders.ts'
import { createConsole } from '../src/app.ts'

const orderId = '0199c0de-0000-7000-8000-000000000001'
const view = () => ({ lag: undefined, ageMs: undefined, stale: true, failure: undefined })

/** A database that refuses NUL as PostgreSQL does, or that is not there. */
function withDatabase(isThere: boolean, stuck: readonly string[] = []) {
  const query = async (_: string, values: readonly unknown[] = []) => {
    if (!isThere) throw Object.assign(new Error('relation "orders" does not exist'), { code: '42P01' })
    if (values.some((value) => String(value).includes('\0'))) throw Object.assign(new Error('invalid byte sequence'), { code: '22021' })
    return [] as never
  }
  const app = createConsole({ view })
  serveOrders(app, { model: { query, counts: async () => (isThere ? ({} as never) : null) }, stuck: () => new Set(stuck), tokens: [] })
  return app
}
const [well, away] = [withDatabase(true, [orderId]), withDatabase(false)]
afterAll(() => Promise.all([well.close(), away.close()]))

describe('orders, when the database is away', () => {
  it.each(['/api/orders', `/api/orders/${orderId}`])('are not to be had now: %s', async (url) => {
    const answer = await away.inject(url)
    expect([answer.statusCode, answer.json()]).toMatchObject([503, { code: 'unavailable' }])
  })
})

describe('orders, when they are looked for', () => {
  it('are none where no text in a database can hold what was asked for', async () => {
    const answer = await well.inject('/api/orders?search=a%00b')
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { rows: [] }])
  })

  it('are none where no event of them was read', async () => {
    expect((await well.inject(`/api/orders/${orderId}`)).statusCode).toBe(404)
  })

  it('are named among the stuck ones all the same, since a dead letter knows of them', async () => {
    expect((await well.inject('/api/orders?status=stuck')).json()).toMatchObject({ rows: [], unread: [orderId] })
    expect((await well.inject('/api/orders')).json()).not.toHaveProperty('unread')
  })
})
