import { afterAll, describe, expect, it, jest } from '@jest/globals'
import { type Laboratory, startLaboratory } from './laboratory.ts'
import { labRows } from './rows.ts'
import { tryRow } from './trial.ts'
import type { Verdict } from './verdict.ts'

jest.setTimeout(600_000)

const { FAULT_ROWS: wanted = 'ci', FAULT_SEED: seed = '1' } = process.env
const chosen = labRows.filter(({ row, ci }) => wanted === 'all' || (wanted === 'ci' ? ci : wanted.split(',').includes(String(row))))

let lab: Laboratory | undefined
let before: Verdict | undefined

afterAll(() => lab?.close())

/** A system that was found broken is no ground for the next row. */
async function abandon() {
  const broken = lab
  lab = undefined
  before = undefined
  await broken?.close()
}

describe(`the whole system, under load (seed ${seed})`, () => {
  it.each(chosen)('row $row, $fault: $promise', async (row) => {
    lab ??= await startLaboratory()
    const { verdict, problems, seconds, promised } = await tryRow(lab, row, Number(seed), before).catch(async (error) => {
      await abandon()
      throw error
    })
    before = verdict
    const { passed, ends, bites, copies, acknowledged } = verdict
    process.stdout.write(`row ${row.row}: ${JSON.stringify({ passed, seconds, promised, bites, acknowledged, copies, ends })}\n`)
    if (problems.length > 0) await abandon()
    expect(problems).toEqual([])
  })
})
