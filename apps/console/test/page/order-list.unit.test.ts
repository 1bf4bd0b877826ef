import { describe, expect, it } from '@jest/globals'
import { emptyList, MOST_ROWS, withChanged, withPage, withWaiting } from '../../page/store/order-list.ts'
import { newestOf } from '../../page/views/flow/latest.ts'
import { sightOf } from '../../page/widgets/window.ts'
import type { Counts, OrderRow, OrderStatus } from '../../src/api-types.ts'

const counts: Counts = { placed: 0, paid: 0, dispatched: 0, payment_failed: 0, out_of_stock: 0, cancelled: 0 }
const at = '2026-11-22T12:00:00.000Z'
const row = (n: number, status: OrderStatus = 'placed'): OrderRow => {
  const orderId = `o-${String(n).padStart(6, '0')}`
  return {
    orderId,
    short: orderId,
    status,
    total: 100,
    currency: 'EUR',
    customer: 'c-1',
    placedAt: at,
    changedAt: at,
    last: { type: 'OrderPlaced', at },
    stuck: false,
  }
}
const rows = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, n) => row(from - n))
const page = (of: OrderRow[], next: string | null = null) => ({ rows: of, next, counts, stuck: 0 })
const numbers = ({ rows: shown }: { rows: readonly OrderRow[] }) => shown.map(({ orderId }) => Number(orderId.slice(2)))
const listOf = (from: number, to: number, query = {}) => withPage(emptyList(query), page(rows(from, to)), undefined)

describe('the list of orders', () => {
  it('adds a page below what it has, and no row twice', () => {
    const two = withPage(listOf(9, 7), page(rows(7, 4)), 'o-000007')
    expect(numbers(two)).toEqual([9, 8, 7, 6, 5, 4])
  })

  it('shows a new order on top, and a changed one where it is', () => {
    const live = withChanged(listOf(3, 1), [row(2, 'paid'), row(4)], false)
    expect(numbers(live)).toEqual([4, 3, 2, 1])
    expect(live.rows[2]!.status).toBe('paid')
  })

  it('keeps new orders aside while somebody reads, and shows them when told', () => {
    const reading = withChanged(withChanged(listOf(3, 1), [row(4)], true), [row(5), row(4, 'paid')], true)
    expect([numbers(reading), reading.waiting.length]).toEqual([[3, 2, 1], 2])
    expect(numbers(withWaiting(reading))).toEqual([5, 4, 3, 2, 1])
    expect(withWaiting(reading).rows[1]!.status).toBe('paid')
  })

  it('takes no order that its filter leaves out, and lets go of one that left', () => {
    const open = withChanged(listOf(3, 1, { status: 'open' }), [row(4, 'dispatched'), row(2, 'dispatched'), row(5, 'paid')], false)
    expect(numbers(open)).toEqual([5, 3, 1])
  })

  it('does not move what somebody reads, although it left the filter', () => {
    expect(numbers(withChanged(listOf(3, 1, { status: 'open' }), [row(2, 'dispatched')], true))).toEqual([3, 2, 1])
  })

  it('adds nothing to what was searched for', () => {
    expect(numbers(withChanged(listOf(3, 1, { search: 'c-1' }), [row(4)], false))).toEqual([3, 2, 1])
  })

  it('does not take an old order that changed for a new one', () => {
    expect(numbers(withChanged(listOf(9, 7), [row(2, 'paid')], false))).toEqual([9, 8, 7])
  })

  it('stays bounded', () => {
    const full = withPage(emptyList({}), page(rows(MOST_ROWS, 1), 'more'), undefined)
    expect(full.next).toBeNull()
    expect(withChanged(full, rows(MOST_ROWS + 50, MOST_ROWS + 1), false).rows).toHaveLength(MOST_ROWS)
  })
})

describe('the latest orders', () => {
  it('are those asked for as they changed since, and those that came since', () => {
    const changed = new Map([row(2, 'paid'), row(4)].map((one) => [one.orderId, one]))
    const latest = newestOf(rows(3, 1), changed, 3)
    expect(latest.map(({ orderId, status }) => [orderId, status])).toEqual([
      ['o-000004', 'placed'],
      ['o-000003', 'placed'],
      ['o-000002', 'paid'],
    ])
  })
})

describe('a long list in sight', () => {
  const long = { count: 10_000, rowHeight: 36, height: 720 }

  it('draws what is seen and a few around, and keeps the room of the rest', () => {
    const sight = sightOf({ ...long, top: 36_000 }, 10)
    expect(sight).toEqual({ first: 990, end: 1_030, above: 990 * 36, below: (10_000 - 1_030) * 36 })
  })

  it('is as high wherever one looks', () => {
    for (const top of [0, 1, 36_000, 359_280, 400_000]) {
      const { first, end, above, below } = sightOf({ ...long, top })
      expect(above + (end - first) * 36 + below).toBe(360_000)
    }
  })

  it('draws nothing of nothing', () => {
    expect(sightOf({ ...long, count: 0, top: 500 })).toEqual({ first: 0, end: 0, above: 0, below: 0 })
  })
})
