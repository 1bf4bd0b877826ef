import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Refusal } from './arguments.ts'

const run = promisify(execFile)

/** The demo's folder: git-ignored, survives restarts. */
export const stateDir = (env: NodeJS.ProcessEnv) => resolve(env.DEMO_DIR || join(import.meta.dirname, '../../../.demo'))

export interface State {
  readonly opsToken: string
  /** The last demo was killed: what it had started may need a moment to end. */
  readonly leftovers: boolean
  close(): Promise<void>
}

/** Takes the folder for this demo alone. Logs are those of this run; data and token stay unless `fresh`. */
export async function openState(dir: string, fresh: boolean): Promise<State> {
  const pidFile = join(dir, 'demo.pid')
  const pid = await readFile(pidFile, 'utf8').then(Number, () => undefined)
  if (pid !== undefined && (await isDemo(pid)))
    throw new Refusal(`a demo runs already on ${dir} (pid ${pid}): stop it first, or set DEMO_DIR to another folder`)
  await rm(fresh ? dir : join(dir, 'logs'), { recursive: true, force: true, maxRetries: 3 })
  await mkdir(join(dir, 'logs'), { recursive: true })
  await refuseFullDisk(dir)
  await writeFile(pidFile, String(process.pid))
  return { opsToken: await tokenIn(dir), leftovers: pid !== undefined, close: () => rm(pidFile, { force: true }) }
}

/** A pid is given to another program after a while. */
const isDemo = (pid: number) =>
  run('ps', ['-o', 'command=', '-p', String(pid)]).then(
    ({ stdout }) => stdout.includes('tools/demo'),
    () => false,
  )

async function tokenIn(dir: string): Promise<string> {
  const file = join(dir, 'ops-token')
  const kept = await readFile(file, 'utf8').catch(() => '')
  if (kept) return kept
  const token = randomBytes(16).toString('hex')
  await writeFile(file, token, { mode: 0o600 })
  return token
}

// A first start needs 0.3 GB; a full disk stops Kafka and PostgreSQL at the worst moment.
const LEAST_FREE_GB = 1

async function refuseFullDisk(dir: string): Promise<void> {
  const { bavail, bsize } = await statfs(dir)
  const free = (bavail * bsize) / 1e9
  if (free < LEAST_FREE_GB)
    throw new Refusal(
      `only ${free.toFixed(1)} GB are free on the disk of ${dir}, the demo needs ${LEAST_FREE_GB}: make room, or set DEMO_DIR`,
    )
}
