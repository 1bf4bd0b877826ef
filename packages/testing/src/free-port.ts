import { randomInt } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

// Below what systems hand out to whoever connects (from 32768 on Linux, 49152 elsewhere): between its choice and its use, a port from there was taken.
const [LOWEST, BEYOND] = [20_000, 32_768]

// Test runs side by side each start some thirty servers over half a minute: by chance alone two of them would choose one port in every fourteenth run.
const CLAIMS = join(tmpdir(), `quadrille-ports-${userInfo().uid}`)
const DRAWS = 10 * (BEYOND - LOWEST)

/** Distinct TCP ports that were free on the loopback a moment ago, and that were given to no process of this user that still runs; an error if all are. */
export async function freePorts(count: number): Promise<number[]> {
  mkdirSync(CLAIMS, { recursive: true })
  const ports: number[] = []
  for (let draw = 0; draw < DRAWS; draw++) {
    const port = randomInt(LOWEST, BEYOND)
    if (claim(port) && (await isFree(port))) ports.push(port)
    if (ports.length === count) return ports
  }
  throw new Error(`no ${count} free ports between ${LOWEST} and ${BEYOND}: end what listens there, or empty ${CLAIMS}`)
}

/** Before the port is tried: a caller beside this one, here or in another process, must not try it meanwhile. */
function claim(port: number): boolean {
  const path = join(CLAIMS, String(port))
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    forget(path)
    return false
  }
}

/** What a process that is gone had claimed may be claimed the next time that it is drawn. */
function forget(path: string): void {
  try {
    process.kill(Number(readFileSync(path, 'utf8')), 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') rmSync(path, { force: true })
  }
}

/** One free loopback port. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  return port!
}

/** Throws an error that names the port if somebody listens on it already. */
export async function assertPortFree(port: number, owner: string): Promise<void> {
  try {
    await close(await listen(port))
  } catch (cause) {
    throw new Error(`port ${port} is taken, ${owner} cannot listen on it: stop what uses it or choose another port`, { cause })
  }
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server))
  })
}

const isFree = (port: number) =>
  listen(port).then(
    async (server) => {
      await close(server)
      return true
    },
    () => false,
  )

const close = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()))
