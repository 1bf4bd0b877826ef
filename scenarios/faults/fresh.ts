import { type Results, readResults } from './results.ts'
import { labRows } from './rows.ts'
import { runtimeDigest } from './runtime-digest.ts'

/** Every row of the laboratory has passed with this very runtime; gives what is missing. */
export function staleRows(results: Results, runtime: string): string[] {
  return labRows.flatMap(({ row }) => {
    const result = results[row]
    if (!result) return [`row ${row} was never recorded`]
    if (!result.passed) return [`row ${row} failed at ${result.commit}`]
    return result.runtime === runtime ? [] : [`row ${row} was last recorded at ${result.commit}, before the runtime changed`]
  })
}

function main() {
  const stale = staleRows(readResults(), runtimeDigest())
  if (stale.length === 0) return
  process.stderr.write(`${stale.join('\n')}\nrun the laboratory again: RECORD_RESULTS=1 npx -y pnpm@12 scenarios scenarios/faults\n`)
  process.exitCode = 1
}

if (import.meta.main) main()
