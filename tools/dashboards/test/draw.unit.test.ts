import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { describe, expect, it } from '@jest/globals'
import { drawPage, LABEL } from '../src/draw/page.ts'
import { type Series, seriesOf, spanOf } from '../src/draw/series.ts'
import { fitting, tag } from '../src/draw/svg.ts'
import { shown, ticks } from '../src/draw/units.ts'
import { panelsOf, provisioned } from '../src/queries.ts'

const span = spanOf(1_800_000_000, 10, 4)

/** The provisioned panel of that title alone, with these values. */
function drawn(title: string, series: readonly Series[]): string {
  const panel = provisioned()
    .flatMap(panelsOf)
    .find((one) => one.title === title) as Panel
  const alone = { title: 'Alone', panels: [{ ...panel, id: 1, gridPos: { x: 0, y: 0, w: 12, h: 8 } }] } as unknown as Dashboard
  return drawPage(alone, new Map([[1, series]]), span)
}

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text)

describe('the pictures, when a dashboard is drawn', () => {
  it('say that no Grafana made them', () => {
    for (const dashboard of provisioned()) expect(texts(drawPage(dashboard, new Map(), span))).toContain(LABEL)
  })

  it('show "no data" where there is none, in every panel', () => {
    for (const dashboard of provisioned()) {
      const svg = drawPage(dashboard, new Map(), span)
      expect(texts(svg).filter((text) => text === 'no data')).toHaveLength(panelsOf(dashboard).length)
    }
  })

  it('name each line and break it where there was no value', () => {
    const svg = drawn('Messages behind, by group', [{ name: 'email <1>', values: [1, 2, null, 4, 4] }])
    expect(texts(svg)).toContain('email &lt;1&gt;')
    expect(svg.match(/class="line"/g)).toHaveLength(1)
    expect(svg.match(/<path d="([^"]*)"[^>]*class="line"/)?.[1]?.match(/M/g)).toHaveLength(2)
  })

  it('draw the limits of a panel only where the axis reaches them', () => {
    const limits = (most: number) => drawn('Seconds behind, by group', [{ name: 'email', values: [0, most] }]).match(/stroke-dasharray/g)
    expect(limits(3)).toBeNull()
    expect(limits(15)).toHaveLength(1)
    expect(limits(60)).toHaveLength(2)
  })

  it('hold a value until the next one, where a panel says so', () => {
    const svg = drawn('Members, by group', [{ name: 'email', values: [1, 0] }])
    expect(svg).toMatch(/d="M[\d.]+ [\d.]+l[\d.]+ 0l0 [\d.]+"/)
  })

  it('stand stacked lines on one another', () => {
    const svg = drawn('Ends in 5 minutes', [
      { name: 'dispatched', values: [30, 30] },
      { name: 'cancelled', values: [10, 10] },
    ])
    expect(texts(svg)).toContain('40')
    expect(svg.match(/z" fill=/g)).toHaveLength(2)
  })

  it('write a value in the words and the colour that the panel has for it', () => {
    const drain = (value: number) => drawn('Time to drain', [{ name: 'email', values: [value] }])
    expect(texts(drain(0))).toContain('caught up')
    expect(texts(drain(5e9))).toContain('never at this pace')
    expect(texts(drain(42))).toContain('42 s')
    expect(drain(5e9)).not.toContain('#2e9e4f')
  })

  it('show the latest value there is', () => {
    expect(texts(drawn('Messages behind', [{ name: '', values: [1, 7, null] }]))).toContain('7')
    expect(texts(drawn('Messages behind', [{ name: '', values: [null, null] }]))).toContain('–')
  })

  it('have a bar for each, named', () => {
    const svg = drawn('Seconds behind, by group and topic', [
      { name: 'email ← orders.v1', values: [4] },
      { name: 'orders ← payments.v1', values: [0] },
    ])
    expect(texts(svg)).toEqual(expect.arrayContaining(['email ← orders.v1', 'orders ← payments.v1', '4 s']))
  })
})

describe('what Prometheus answers', () => {
  it('has a gap where nothing was, and where there is no number', () => {
    const answer = [
      {
        metric: { topic: 'orders.v1' },
        values: [
          [span.start, '1'],
          [span.start + 2 * span.step, 'NaN'],
          [span.end, '+Inf'],
        ],
      },
    ] as const
    expect(seriesOf(answer, '{{topic}} {{code}}', span)).toEqual([{ name: 'orders.v1', values: [1, null, null, null, null] }])
  })
})

describe('figures and axes', () => {
  it.each([
    [0.0042, 's', undefined, '4 ms'],
    [0, 's', undefined, '0 s'],
    [12.34, 's', undefined, '12.3 s'],
    [200, 's', undefined, '3.33 min'],
    [0.123, 'percentunit', 1, '12.3 %'],
    [157_286_400, 'bytes', undefined, '150 MiB'],
    [12_345, 'short', undefined, '12.3 k'],
    [1_234.5, 'currencyEUR', 0, '€1,235'],
    [-3, 'currencyEUR', 0, '-€3'],
  ])('%d in %s is "%s"', (value, unit, decimals, text) => {
    expect(shown(value, unit, decimals)).toBe(text)
  })

  it.each([
    [0.037, 's', [0, 0.01, 0.02, 0.03, 0.04]],
    [37, 'short', [0, 10, 20, 30, 40]],
    [1, 'percentunit', [0, 0.25, 0.5, 0.75, 1]],
    [3 * 2 ** 20, 'bytes', [0, 2 ** 20, 2 * 2 ** 20, 3 * 2 ** 20]],
  ])('an axis up to %d %s has round marks', (max, unit, marks) => {
    const made = ticks(max, unit)
    expect(made).toHaveLength(marks.length)
    for (const [n, mark] of made.entries()) expect(mark).toBeCloseTo(marks[n]!, 9)
  })

  it('counts in whole numbers where things are counted', () => {
    expect(ticks(1, 'short', true)).toEqual([0, 1])
    expect(ticks(7, 'short', true)).toEqual([0, 2, 4, 6, 8])
  })

  it('cuts what does not fit, and escapes what is not ours', () => {
    expect(fitting('warehouse orders.v1/11', 60)).toMatch(/^wareho.*…$/)
    expect(tag('a', { b: '"<>&' })).toBe('<a b="&quot;&lt;&gt;&amp;"/>')
  })
})
