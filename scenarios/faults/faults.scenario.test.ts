import { afterAll, describe, expect, it, jest } from '@jest/globals'
import { type Laboratory, startLaboratory } from './laboratory.ts'
import { record } from './results.ts'
import type { LabRow } from './row.ts'
import { labRows } from './rows.ts'
import { type Tried, tryRow } from './trial.ts'
import type { Verdict } from './verdict.ts'

jest.setTimeout(600_000)

const { FAULT_ROWS: wanted = 'ci', FAULT_SEED = '1', RECORD_RESULTS: recorded } = process.env
const seed = Number(FAULT_SEED)
const chosen = labRows.filter(({ row, ci }) => wanted === 'all' || (wanted === 'ci' ? ci : wanted.split(',').includes(String(row))))

let lab: Laboratory | undefined
let kindOfLab: LabRow['kind']
let before: Verdict | undefined

afterAll(() => lab?.close())

/** A system that was found broken, or is of another kind, is no ground for the next row. */
async function abandon() {
  const broken = lab
  lab = undefined
  before = undefined
  await broken?.close()
}

const isPossible = (row: LabRow) => (row.possible?.() === false ? 'impossible' : 'possible')
const { possible = [], impossible = [] } = Object.groupBy(chosen, isPossible)

describe(`the whole system, under load (seed ${seed})`, () => {
  if (impossible.length > 0) it.skip.each(impossible)('row $row, $fault: cannot be made on this machine', () => undefined)

  it.each(possible)('row $row, $fault: $promise', async (row) => {
    if (lab && row.kind !== kindOfLab) await abandon()
    kindOfLab = row.kind
    lab ??= await startLaboratory(row.kind)
    const tried = await tryRow(lab, row, { seed, thorough: wanted !== 'ci', before }).catch(async (error) => {
      await abandon()
      throw error
    })
    before = tried.verdict
    process.stdout.write(`${tell(row.row, tried)}\n`)
    if (recorded) record(row.row, seed, tried)
    if (tried.problems.length > 0) await abandon()
    expect(tried.problems).toEqual([])
  })
})

function tell(row: number, { problems, seconds, promised, verdict: { bites, acknowledged, copies, ends } }: Tried): string {
  const said = { seconds, orders: promised, bites, acknowledged, copies, ends }
  return `row ${row} ${problems.length === 0 ? 'passed' : 'FAILED'} ${JSON.stringify(said)}`
}
