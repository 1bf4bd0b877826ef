import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { mutants } from '../mutants/mutants.ts'
import { readResults } from './results.ts'
import { provedRows } from './rows/proved.ts'
import { labRows } from './rows.ts'
import { page, table } from './table.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

describe('the table of promises', () => {
  it.each([...labRows, ...provedRows].flatMap(({ row, proofs = [] }) => proofs.map((proof) => ({ row, ...proof }))))(
    'row $row names a test that exists: $test',
    ({ file, test }) => {
      expect(existsSync(join(root, file))).toBe(true)
      const quoted = [`it('${test.replaceAll("'", "\\'")}'`, `it("${test}"`]
      expect(quoted.some((line) => read(file).includes(line))).toBe(true)
    },
  )

  it('names only mutants that exist', () => {
    const named = [...labRows, ...provedRows].flatMap(({ by }) => [...by.matchAll(/mutant `(.+?)`/g)].map(([, name]) => name))
    const known = mutants.map(({ name }) => name)
    expect(named.filter((name) => !known.includes(name!))).toEqual([])
  })

  it('has every row once', () => {
    const rows = [...labRows, ...provedRows].map(({ row }) => row)
    expect(new Set(rows).size).toBe(rows.length)
  })

  it('takes at least twelve faults of the laboratory into continuous integration', () => {
    expect(labRows.filter(({ ci }) => ci).length).toBeGreaterThanOrEqual(12)
  })

  it('is the page in docs', () => {
    expect(read(page)).toBe(table(readResults(), readResults('platformatic')))
  })
})
