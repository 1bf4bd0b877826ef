import { describe, expect, it } from '@jest/globals'
import { before, nowhere, orderId, town } from './fakes.ts'

const order = (id: string, status: string, seconds: number) => ({
  ...{ orderId: id, status, placedAt: before(seconds).toISOString(), total: { amount: 3400, currency: 'EUR' } },
})
const stuck = orderId.replace(/.{8}$/, '970a4f6c')
const twin = stuck.replace(/^.{8}/, '0199ffff')
const list = [order(stuck, 'paid', 100), order(orderId, 'dispatched', 70), order(twin, 'placed', 5)]
const shop = (orders = list) => town({ sick: { orders: { orders } } })

describe('ops orders ls', () => {
  it('lists orders, oldest first, and counts them', async () => {
    const { out, exit } = await (await shop()).run('orders', 'ls', '--limit', '2')
    expect({ out, exit }).toEqual({
      exit: 0,
      out: `ORDER                                 STATUS      PLACED              TOTAL
${stuck}  paid        1 min 40 s ago  34.00 EUR
${orderId}  dispatched  1 min 10 s ago  34.00 EUR

3 orders, 1 ended`,
    })
  })

  it('finds those that should have arrived', async () => {
    const { run } = await shop()
    const late = await run('orders', 'ls', '--open', '--older', '60s')
    expect(late).toMatchObject({ exit: 1, out: expect.stringContaining(stuck) })
    expect(late.out).not.toContain(twin)
    const none = await run('orders', 'ls', '--open', '--older', '5min')
    expect(none).toMatchObject({ exit: 0, out: 'No order is on its way for 5 min or longer.\n\n3 orders, 1 ended' })
    const { orders, counts } = JSON.parse((await run('orders', 'ls', '--open', '--json')).out)
    expect(orders).toEqual([list[0], list[2]])
    expect(counts).toEqual({ paid: 1, dispatched: 1, placed: 1 })
  })

  it.each([
    [['--older', 'long'], '--older takes a time (60s, 5min, 2h, 1d), not "long"'],
    [['--limit', '101'], '--limit must be a whole number from 1 to 100'],
  ])('is used wrongly: %j', async (args, words) => {
    expect(await nowhere()('orders', 'ls', ...args)).toMatchObject({ exit: 2, err: expect.stringContaining(words) })
  })
})

describe('an order by its short number', () => {
  it('is shown as by its id', async () => {
    const { run } = await shop(list.slice(1, 2))
    const [byNumber, byId] = [await run('orders', 'show', orderId.slice(-8).toUpperCase()), await run('orders', 'show', orderId)]
    expect(byNumber).toEqual(byId)
    expect(byId.out).toContain(`Order ${orderId}: placed`)
  })

  it('is not guessed', async () => {
    const { run } = await shop()
    const several = `2 orders end in 970A4F6C: say which, ${stuck} or ${twin}`
    expect(await run('orders', 'show', '970a4f6c')).toEqual({ exit: 1, out: '', err: several })
    expect(await run('orders', 'show', '11111111')).toEqual({
      ...{ exit: 1, out: '', err: 'no order ends in 11111111: ops orders ls lists them' },
    })
  })
})
