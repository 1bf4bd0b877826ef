import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { arch, cpus, release, totalmem, type } from 'node:os'

/** Where a run was made: no figure means anything without it. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly system: string
  readonly node: string
  readonly java: string
  /** Without /proc nobody knows what others did meanwhile. */
  readonly watched: boolean
}

export const describeMachine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${type()} ${release()} ${arch()}`,
  node: process.version,
  java: /version "(.+?)"/.exec(said('java', ['--version', '-version']) ?? '')?.[1] ?? javaVersion(),
  watched: existsSync('/proc/stat'),
})

const javaVersion = () => said('java', ['--version'])?.split('\n')[0] ?? 'unknown'

/** The commit that is measured; with a plus where files are changed. */
export function describeCommit(): string {
  const commit = said('git', ['rev-parse', '--short', 'HEAD'])?.trim()
  if (!commit) return 'unknown'
  return said('git', ['status', '--porcelain', '--untracked-files=no'])?.trim() ? `${commit}+` : commit
}

function said(program: string, args: string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], cwd: import.meta.dirname })
  } catch {
    return undefined
  }
}
