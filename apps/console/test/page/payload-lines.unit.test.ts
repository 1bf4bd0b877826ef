import { describe, expect, it } from '@jest/globals'
import { payloadLines } from '../../page/views/letters/payload-lines.ts'

const problemsIn = (text: string, problems: Parameters<typeof payloadLines>[1]) =>
  payloadLines(text, problems).flatMap(({ text, problems }) => problems.map((problem) => [text.trim(), problem]))

describe('a payload beside its contract', () => {
  it('is written as JSON is', () => {
    const value = { orderId: 'o-1', items: [{ sku: 'a' }, { sku: 'b' }], tags: [], note: null }
    expect(
      payloadLines(JSON.stringify(value), [])
        .map(({ text }) => text)
        .join('\n'),
    ).toBe(JSON.stringify(value, null, 2))
  })

  it('tells a problem at the line that it is about', () => {
    const text = JSON.stringify({ amount: 'much', items: [{ sku: 'a' }, { sku: '' }] })
    expect(
      problemsIn(text, [
        { path: 'amount', message: 'expected number' },
        { path: 'items.1.sku', message: 'too short' },
      ]),
    ).toEqual([
      ['"amount": "much",', 'amount: expected number'],
      ['"sku": ""', 'items.1.sku: too short'],
    ])
  })

  it('tells what is missing where it is missing from', () => {
    expect(problemsIn('{"customer":{"id":"c"}}', [{ path: 'customer.email', message: 'is missing' }])).toEqual([
      ['"customer": {', 'customer.email: is missing'],
    ])
    expect(problemsIn('{"a":1}', [{ path: 'currency', message: 'is missing' }])).toEqual([['{', 'currency: is missing']])
  })

  it('keeps text that is no JSON as it is', () => {
    expect(payloadLines('not\njson', [{ path: '', message: 'is no JSON' }])).toEqual([
      { text: 'not', problems: ['is no JSON'] },
      { text: 'json', problems: [] },
    ])
  })
})
