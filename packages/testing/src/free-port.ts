import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

// Below what systems hand out to whoever connects (from 32768 on Linux, 49152 elsewhere): between its choice and its use, a port from there was taken.
const [LOWEST, BEYOND] = [20_000, 32_768]

const given = new Set<number>()

/** Distinct TCP ports that were free on the loopback a moment ago, and that this process did not give before. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = randomInt(LOWEST, BEYOND)
    if (given.has(port)) continue
    given.add(port) // before the port is tried: a caller beside this one must not try it meanwhile
    if (await isFree(port)) ports.push(port)
  }
  return ports
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
