import { type Results, readResults } from './results.ts'
import { labRows } from './rows.ts'
import { runtimeDigest } from './runtime-digest.ts'

const everyRow = labRows.map(({ row }) => row)

/** Rows that any driver of Kafka must pass: what happens between the database, Kafka and the network. The rest never touches it. */
export const rowsOfDrivers: readonly number[] = [7, 8, 9, 10, 11, 12, 13, 14, 21, 22, 23]

/** Rows of the laboratory that have not passed with this very runtime; gives what is missing. */
export function staleRows(results: Results, runtime: string, rows: readonly number[] = everyRow): string[] {
  return rows.flatMap((row) => {
    const result = results[row]
    if (!result) return [`row ${row} was never recorded`]
    if (!result.passed) return [`row ${row} failed at ${result.commit}`]
    return result.runtime === runtime ? [] : [`row ${row} was last recorded at ${result.commit}, before the runtime changed`]
  })
}

const AGAIN = 'RECORD_RESULTS=1 npx -y pnpm@12 scenarios scenarios/faults'

function main() {
  const stale = staleRows(readResults(), runtimeDigest())
  const second = staleRows(readResults('platformatic'), runtimeDigest('platformatic'), rowsOfDrivers)
  if (stale.length + second.length === 0) return
  const told = [...stale, ...second.map((row) => `with platformatic, ${row}`)].join('\n')
  const again = stale.length > 0 ? AGAIN : `KAFKA_CLIENT=platformatic FAULT_ROWS=${rowsOfDrivers} ${AGAIN}`
  process.stderr.write(`${told}\nrun the laboratory again: ${again}\n`)
  process.exitCode = 1
}

if (import.meta.main) main()
