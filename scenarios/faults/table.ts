import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { rowsOfDrivers } from './fresh.ts'
import { type Result, type Results, readResults } from './results.ts'
import type { LabRow, ProvedRow } from './row.ts'
import { provedRows } from './rows/proved.ts'
import { labRows } from './rows.ts'

/** Where the page is, from the root. */
export const page = 'docs/reliability.md'

const head = `# What is promised, and what proves it

Every row is a fault, what is promised about it, and the test that makes the fault happen. Rows of the *laboratory* run the whole system as real
processes, over real Kafka and PostgreSQL, with a proxy on every way between two parts and orders coming all the while; afterwards every invariant is
checked over databases, topics, the payment provider's ledger and the mailbox, and a run whose fault never hit anything fails. The other rows name
their tests. This page is generated: \`node scenarios/faults/table.ts\`.

The last column has the rows that any driver of Kafka must pass, run with the second one, \`KAFKA_CLIENT=platformatic\`
([why there are two](decisions/0013-a-second-driver.md)); its runs are kept in \`scenarios/results-platformatic.json\`.

One row again, with its seed: \`FAULT_ROWS=7 FAULT_SEED=1 npx -y pnpm@12 scenarios scenarios/faults\`. All of them: \`npx -y pnpm@12 scenarios\`.

A number is a row's name, and stays: a missing one was planned and is no row of its own today, so nothing is claimed of it. *Not recorded yet* means that
no run of the row was kept in \`scenarios/results.json\`, neither good nor bad; those *in CI* are run anew each time, and fail it, whatever is recorded here.

| # | fault | promise | how it is made | proof | last result | with the second driver |
|---|---|---|---|---|---|---|
`

/** The page, from the rows and their last results with either driver. */
export function table(results: Results, second: Results): string {
  const laboratories = labRows.map((row) => line(row, laboratory(row), results, second))
  const lines = [...laboratories, ...provedRows.map((row) => line(row, proofs(row), results, second))]
  const sorted = lines.sort(([one], [other]) => one - other).map(([, text]) => text)
  return `${head}${sorted.join('\n')}\n`
}

function line({ row, fault, promise, by }: LabRow | ProvedRow, proof: string, results: Results, second: Results) {
  const withSecond = second[row] ? shown(second[row], proof) : rowsOfDrivers.includes(row) ? 'not recorded yet' : ''
  return [row, `| ${row} | ${fault} | ${promise} | ${by} | ${proof} | ${shown(results[row], proof)} | ${withSecond} |`] as const
}

const laboratory = ({ ci, proofs: more = [] }: LabRow) =>
  [`laboratory${ci ? ', in CI' : ''}`, ...(more.length > 0 ? [proofs({ proofs: more })] : [])].join('; ')

const proofs = ({ proofs: tests }: Pick<ProvedRow, 'proofs'>) => tests.map(({ file, test }) => `[${test}](../${file})`).join('; ')

function shown(result: Result | undefined, proof: string): string {
  if (!result) return proof.startsWith('laboratory') ? 'not recorded yet' : 'with every run of the tests'
  const { passed, seed, orders, copies, bites } = result
  const hits = Object.entries(bites).map(([what, times]) => `${what} ${times}`)
  return `${passed ? 'passed' : '**failed**'}, seed ${seed}: ${orders} orders, ${copies} copies absorbed; ${hits.join(', ')}`
}

if (import.meta.main) writeFileSync(join(resolve(import.meta.dirname, '../..'), page), table(readResults(), readResults('platformatic')))
