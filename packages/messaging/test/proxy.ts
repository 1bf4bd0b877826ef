import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

interface Address {
  readonly host: string
  readonly port: number
}

/** A TCP proxy in front of a server, to break connections in the way networks do. */
export interface TcpProxy {
  /** Where clients connect to. */
  readonly address: Address
  /** `deaf`: requests arrive, answers do not. `down`: every connection is cut, and new ones are refused. */
  become(mode: 'open' | 'deaf' | 'down'): void
  /** Cuts all connections; new ones are served. */
  cut(): void
  /** Bytes that the server answered since this was asked last. */
  answered(): number
  close(): Promise<void>
}

export async function createProxy(target: Address): Promise<TcpProxy> {
  let mode: 'open' | 'deaf' | 'down' = 'open'
  let bytes = 0
  const sockets = new Set<Socket>()

  const server = createServer((client) => {
    if (mode === 'down') return client.destroy()
    const upstream = connect(target)
    upstream.on('data', (chunk) => {
      bytes += chunk.length
      if (mode === 'open') client.write(chunk)
    })
    client.on('data', (chunk) => upstream.write(chunk))
    pair(client, upstream)
    pair(upstream, client)
  })

  function pair(one: Socket, other: Socket) {
    sockets.add(one)
    one.on('error', () => undefined)
    one.on('close', () => {
      sockets.delete(one)
      other.destroy()
    })
  }

  function cut() {
    for (const socket of sockets) socket.destroy()
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    become(next) {
      mode = next
      if (mode === 'down') cut()
    },
    cut,
    answered() {
      const seen = bytes
      bytes = 0
      return seen
    },
    close() {
      cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
