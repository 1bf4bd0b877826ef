import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Env } from './addresses.ts'
import { refusal } from './exit.ts'

/** The operators' token: of the environment, also one that only looks, or of a demo that runs here. */
export function findToken(env: Env, isRunning = runs): string {
  const token = env.OPS_TOKEN || env.OPS_READ_TOKEN || tokenOfDemo(env.DEMO_DIR || join(import.meta.dirname, '../../../.demo'), isRunning)
  if (token) return token
  const where = env.DEMO_DIR ? 'the folder DEMO_DIR names' : 'the folder .demo'
  throw refusal(
    `no OPS_TOKEN, and no demo runs in ${where}: export OPS_TOKEN with the services' own, or DEMO_DIR with the folder of a demo that runs elsewhere`,
  )
}

function tokenOfDemo(dir: string, isRunning: (pid: number) => boolean): string | undefined {
  try {
    const read = (file: string) => readFileSync(join(dir, file), 'utf8').trim()
    return isRunning(Number(read('demo.pid'))) ? read('ops-token') : undefined
  } catch {
    return undefined
  }
}

function runs(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
