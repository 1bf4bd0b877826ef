import { describe, expect, it } from '@jest/globals'
import { type Page, pages, readPage, withTables } from '../src/page.ts'
import { type Outcome, type Run, readRuns } from '../src/results.ts'
import { summary } from '../src/summary.ts'
import { figure, goalTable, growthTable, lessonTable, sideTable } from '../src/tables.ts'

const comparison = { of: 'ours', to: 'bare', aims: 'up', ratios: [1, 2], median: 1.5, low: 1, high: 2 } as const
const slot = (side: string, rate: number) => ({
  round: 0,
  side,
  figures: { rate },
  done: 1_000,
  foreign: 0,
  again: false,
  cpu: { [side]: 0.5 },
})
const outcome: Outcome = {
  goal: 'P2',
  name: 'relay',
  title: 'a full outbox is drained',
  sides: { bare: 'a bare producer', ours: 'our relay' },
  figures: { rate: 'events/s' },
  conditions: {},
  pairs: 2,
  slotMs: 1_000,
  comparisons: [
    { ...comparison, name: 'ours ÷ bare', must: 0.7, stretch: 1.2, verdict: 'met' },
    { ...comparison, name: 'batches ÷ rows', verdict: 'shown', lesson: 'send in batches' },
  ],
  missing: [],
  slots: [slot('bare', 50_000), slot('ours', 75_123), { ...slot('ours', 1), again: true }],
  reruns: 1,
  noisy: 0,
  ledger: 12,
}

describe('the tables of a run', () => {
  it('hold each goal against its limits', () => {
    expect(goalTable([outcome])).toContain('| P2 | ours ÷ bare | ≥ 0.7 | ≥ 1.2 | 1.5 | 1 – 2 | 2 | met |')
    expect(goalTable([outcome])).not.toContain('batches')
  })

  it('tell what was not measured', () => {
    const missing = [{ name: 'growth', of: 'ours', aims: 'down', must: 1 }] as const
    expect(goalTable([{ ...outcome, missing }])).toContain('| P2 | growth | ≤ 1 |  |  |  | 0 | not measured |')
  })

  it('teach what a choice costs', () => {
    expect(lessonTable([outcome])).toContain('| send in batches | batches ÷ rows | 1.5 | 1 – 2 |')
  })

  it('tell each side and who worked for it, without the slots that were measured again', () => {
    expect(sideTable(outcome)).toContain('| our relay | 75,123 | ours 500 |')
  })

  it('compute what a million orders a minute would need', () => {
    const shop = { ...outcome, name: 'processor', slots: [{ ...slot('shop', 1_000), cpu: { orders: 0.3, Kafka: 0.9 } }] }
    expect(growthTable([shop])).toContain('| orders | 0.3 | 0.3 | 5 | 8 |')
    expect(growthTable([shop])).toContain('| Kafka | 0.9 | 0.9 | 15 | 2 |')
    expect(growthTable([outcome])).toContain('Not measured yet')
  })

  it('keep three digits that mean something', () => {
    expect([0.012345, 1.23456, 123.456, 1234.56].map(figure)).toEqual(['0.0123', '1.23', '123', '1,235'])
  })
})

describe('the pages with figures', () => {
  it.each(Object.keys(pages) as Page[])('show what the kept runs say: %s', (page) =>
    expect(withTables(readPage(page), readRuns(), pages[page])).toBe(readPage(page)),
  )

  it('sum up what was measured beside what, and count the goals', () => {
    const accept = { ...outcome, name: 'accept', slots: [slot('orders64', 3_000), slot('four64', 4_000)] }
    const lines = summary([accept]).split('\n')
    expect(lines[2]).toMatch(/^\| orders accepted a second.* \| 3,000 \| 4,000 \| pgbench/)
    expect(lines.at(-1)).toContain('Of 1 goals, ratios that were set before anything was measured, 1 are met and 0 missed.')
    expect(lines).toHaveLength(5)
  })

  it('are refused where a table has lost its place', () => {
    expect(() => withTables('<!-- bench: goals -->', [], ['goals'])).toThrow('the page has no place for "goals"')
  })

  it('shows each goal as it was measured last', () => {
    const run = (date: string, one: Outcome) => ({ date, outcomes: [one], failed: ['P5 saga'] }) as unknown as Run
    const names = ['goals', 'lessons', 'sides', 'growth'] as const
    const parts = names.map((name) => `<!-- bench: ${name} -->\n<!-- end: ${name} -->`).join('\n')
    const words = (runs: Run[]) => withTables(`${parts}\n<!-- bench: runs --><!-- end: runs -->`, runs, [...names, 'runs'])
    expect(words([])).toContain('No run is kept yet')
    const older = { ...outcome, title: 'older' }
    const runs = [run('2026-02-02', outcome), run('2026-01-01', older)].map(
      (one) => ({ ...one, machine: {}, durability: { postgres: {} } }) as Run,
    )
    expect(words(runs)).toContain('**P2: a full outbox is drained**')
    expect(words(runs)).not.toContain('older')
    expect(words(runs)).toContain('Failed in this run: P5 saga.')
  })
})
