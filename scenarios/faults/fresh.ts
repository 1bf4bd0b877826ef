import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { type Results, readResults } from './results.ts'
import { labRows } from './rows.ts'

const root = resolve(import.meta.dirname, '../..')
const git = (...args: string[]) => spawnSync('git', args, { cwd: root, encoding: 'utf8' })

/** Every row of the laboratory has passed since the runtime last changed; gives what is missing. */
export function staleRows(results: Results, isSince: (commit: string) => boolean): string[] {
  return labRows.flatMap(({ row }) => {
    const result = results[row]
    if (!result) return [`row ${row} was never recorded`]
    if (!result.passed) return [`row ${row} failed at ${result.commit}`]
    return isSince(result.commit) ? [] : [`row ${row} was last recorded at ${result.commit}, before the runtime changed`]
  })
}

function main() {
  const changed = git('log', '-1', '--format=%H', '--', 'packages/messaging/src', 'packages/messaging/migrations').stdout.trim()
  const stale = staleRows(readResults(), (commit) => git('merge-base', '--is-ancestor', changed, commit).status === 0)
  if (stale.length === 0) return
  process.stderr.write(`${stale.join('\n')}\nrun the laboratory again: pnpm scenarios scenarios/faults\n`)
  process.exitCode = 1
}

if (import.meta.main) main()
