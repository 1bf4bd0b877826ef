import { createServer, type Server } from 'node:net'

/** Distinct TCP ports that were free on the loopback a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  // All stay open until the last is known, or the system would hand out the same one again.
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)))
  const ports = servers.map(portOf)
  await Promise.all(servers.map(close))
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

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not a TCP server')
  return address.port
}

const close = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()))
