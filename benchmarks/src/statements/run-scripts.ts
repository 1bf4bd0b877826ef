import { writeFile } from 'node:fs/promises'
import { startProcess } from '@quadrille/testing'
import { readReport, type Transactions } from '../pgbench.ts'

/** What to run, and how hard. */
export interface ScriptRun {
  readonly url: string
  /** Each as often as the others. */
  readonly scripts: readonly string[]
  /** Where they are written to. */
  readonly file: string
  readonly clients: number
  readonly ms: number
}

let runs = 0

/** Scripts of `scriptOf`, prepared and without vacuum; every run has numbers of its own. */
export async function runScripts({ url, scripts, file, clients, ms }: ScriptRun): Promise<Transactions> {
  const files = scripts.map((_, n) => `${file}.${n}.sql`)
  await Promise.all(scripts.map((script, n) => writeFile(files[n]!, script)))
  const hard = ['-c', clients, '-j', Math.min(2, clients), '-T', Math.max(1, Math.round(ms / 1_000))]
  const own = ['-D', `base=${++runs * 1e11}`, '-D', 'i=0']
  const args = ['-n', '-M', 'prepared', ...hard, ...own, ...files.flatMap((one) => ['-f', one]), url]
  const lines: string[] = []
  const pgbench = startProcess({ name: 'pgbench', command: 'pgbench', args: args.map(String), onLine: (line) => lines.push(line) })
  const { code } = await pgbench.exited
  if (code === 127) throw new Error('pgbench was not found: apt-get install postgresql-contrib, or brew install libpq')
  if (code !== 0) throw new Error(`pgbench failed:\n${pgbench.tail()}`)
  return readReport(lines.join('\n'))
}
