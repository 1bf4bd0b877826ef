import { describe, expect, it } from '@jest/globals'
import { hrefOf, parseRoute } from '../../page/address.ts'
import { age, clock, duration, inWords, money, rate, shortOf } from '../../page/widgets/words.ts'

describe('words of the page', () => {
  it('tells durations in the unit that fits', () => {
    expect([0, 340, 999.4, 999.6, 2_440, 42_000, 200_000].map(duration)).toEqual([
      '0 ms',
      '340 ms',
      '999 ms',
      '1.0 s',
      '2.4 s',
      '42 s',
      '3 min 20 s',
    ])
  })

  it('tells rates so that little is not nothing', () => {
    expect([0, 0.04, 0.4, 9.96, 412, 1_234].map(rate)).toEqual(['0/s', '0/s', '0.4/s', '10/s', '412/s', '1.2k/s'])
  })

  it('tells ages shortly, and never of the future', () => {
    const now = Date.parse('2026-11-22T12:00:00Z')
    const ages = [-5_000, 1_000, 12_000, 250_000, 3 * 3_600_000, 50 * 3_600_000].map((ms) => age(new Date(now - ms).toISOString(), now))
    expect(ages).toEqual(['now', 'now', '12 s', '4 min', '3 h', '2 d'])
  })

  it('leaves out today, and no other day', () => {
    const now = new Date(2026, 10, 22, 15).getTime()
    expect(clock(new Date(2026, 10, 22, 9, 5, 7).toISOString(), now)).toBe('09:05:07')
    expect(clock(new Date(2026, 10, 21, 9, 5, 7).toISOString(), now)).toBe('2026-11-21 09:05:07')
  })

  it('writes money of minor units, and a dash for what is not known yet', () => {
    expect([money(3_470, 'EUR'), money(null, 'EUR')]).toEqual(['34.70 EUR', '–'])
  })

  it('names orders and states as people do', () => {
    expect([shortOf('0199c0de-0000-7000-8000-0000970a4f6c'), inWords('out_of_stock')]).toEqual(['970A4F6C', 'out of stock'])
  })
})

describe('addresses of the page', () => {
  it('are read as they were written', () => {
    const href = hrefOf('letters', 'payments/7', { status: 'open', search: '' })
    expect(href).toBe('#/letters/payments/7?status=open')
    expect(parseRoute(href)).toEqual({ view: 'letters', of: 'payments/7', query: { status: 'open' } })
  })

  it('lead to the flow where they are empty', () => {
    expect(['', '#', '#/'].map((hash) => parseRoute(hash).view)).toEqual(['flow', 'flow', 'flow'])
  })

  it('survive what nobody can decode', () => {
    expect(parseRoute('#/orders/%E0%A4%A').of).toBe('%E0%A4%A')
  })
})
