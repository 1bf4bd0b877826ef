import { userInfo } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { connectKafka } from './kafka.ts'
import { ops } from './ops.ts'

const asked = new AbortController()
process.once('SIGINT', () => asked.abort())
process.once('SIGTERM', () => asked.abort())

function login(): string {
  try {
    return userInfo().username
  } catch {
    return 'unnamed' // in a container, a user need not have a name
  }
}

process.exitCode = await ops(process.argv.slice(2), {
  env: process.env,
  out: process.stdout,
  err: process.stderr,
  signal: asked.signal,
  login: login(),
  fetch,
  connectKafka,
  now: Date.now,
  pause: (ms, signal) => pause(ms, undefined, { signal }),
})
