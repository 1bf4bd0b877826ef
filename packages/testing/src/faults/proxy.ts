import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

export interface Address {
  readonly host: string
  readonly port: number
}

/** What happens to bytes on their way in one direction; where nothing is given, they pass. */
export interface Way {
  /** They vanish, and whoever waits for them sees an open connection. */
  readonly cut?: boolean
  readonly latencyMs?: number
  /** They trickle: so many bytes at a time. */
  readonly pieces?: { readonly bytes: number; readonly everyMs: number }
}

/** The state of a network between clients and a server: `up` leads to the server, `down` to the client. */
export interface Weather {
  readonly up?: Way
  readonly down?: Way
  /** Connections are reset as soon as they come. */
  readonly refuse?: boolean
}

/** What a proxy really did: a fault that hit nothing proves nothing. */
export interface Bites {
  connections: number
  refused: number
  reset: number
  /** Bytes that vanished. */
  cutUp: number
  cutDown: number
  /** Chunks that came late or in pieces. */
  slowed: number
  lostAnswers: number
}

/** A TCP proxy in front of a server, to break connections in the ways networks do. */
export interface TcpProxy {
  /** Where clients connect to. */
  readonly address: Address
  readonly bites: Readonly<Bites>
  /** From now on, also for the connections that are there; `{}` is fair. Those that lost bytes meanwhile are reset; no more answers are lost. */
  become(weather: Weather): void
  /** Resets all connections; new ones are served as the weather is. */
  reset(): void
  /** Lets so many requests (those that match) arrive, swallows what the server says to them, and resets their connections. */
  loseAnswers(count?: number, match?: (request: Buffer) => boolean): Promise<void>
  close(): Promise<void>
}

interface Link {
  readonly client: Socket
  readonly server: Socket
  /** What was last asked: the first bytes since an answer. */
  request?: Buffer
  /** Bytes are missing, so what follows would be garbage. */
  holed: boolean
}

interface Losing {
  left: number
  readonly match: (request: Buffer) => boolean
  readonly done: () => void
}

interface State {
  weather: Weather
  losing?: Losing
  readonly links: Set<Link>
  readonly bites: Bites
}

/** Starts a proxy on a free loopback port. The server sees it come `from` another loopback address, if one is given. */
export async function createProxy(target: Address, from?: string): Promise<TcpProxy> {
  const bites: Bites = { connections: 0, refused: 0, reset: 0, cutUp: 0, cutDown: 0, slowed: 0, lostAnswers: 0 }
  const state: State = { weather: {}, links: new Set(), bites }
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => accept(state, { ...target, localAddress: from }, client))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const reset = () => [...state.links].map((link) => breakLink(state, link))
  return {
    address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    bites,
    become(weather) {
      state.weather = weather
      state.losing?.done()
      state.losing = undefined
      if (weather.refuse) reset()
      for (const link of state.links) if (link.holed) breakLink(state, link)
    },
    reset: () => void reset(),
    loseAnswers: (count = 1, match = () => true) =>
      new Promise((done) => {
        state.losing = { left: count, match, done }
      }),
    close: () => closeAll(server, state),
  }
}

function accept(state: State, target: Address & { localAddress?: string }, client: Socket) {
  if (state.weather.refuse) {
    state.bites.refused += 1
    client.on('error', ignore)
    return void client.resetAndDestroy()
  }
  state.bites.connections += 1
  const server = connect({ ...target, allowHalfOpen: true, noDelay: true })
  const link: Link = { client, server, holed: false }
  state.links.add(link)
  flow(state, link, 'up')
  flow(state, link, 'down')
  for (const [one, other] of [[client, server] as const, [server, client] as const]) {
    one.on('error', () => other.resetAndDestroy())
    one.on('close', () => other.closed && state.links.delete(link))
  }
}

/** Carries bytes one way, in order whatever the weather does to each. */
function flow(state: State, link: Link, direction: 'up' | 'down') {
  const [from, to] = direction === 'up' ? [link.client, link.server] : [link.server, link.client]
  let waiting = 0
  let last: Promise<void> = Promise.resolve()

  function carry(chunk: Buffer, way: Way) {
    const due = performance.now() + (way.latencyMs ?? 0)
    const slow = way.latencyMs !== undefined || way.pieces !== undefined
    if (!slow && waiting === 0) return void to.write(chunk)
    if (slow) state.bites.slowed += 1
    waiting += 1
    last = last.then(async () => {
      await wait(Math.max(0, due - performance.now()))
      await trickle(to, chunk, way)
      waiting -= 1
    })
  }

  from.on('data', (chunk: Buffer) => {
    if (direction === 'up') link.request ??= chunk
    else if (isLost(state, link)) return breakLink(state, link)
    const way = state.weather[direction] ?? {}
    if (way.cut) return swallow(state, link, direction, chunk)
    carry(chunk, way)
    if (direction === 'down') link.request = undefined
  })
  from.on('end', () => void last.then(() => to.end()))
}

function swallow({ bites }: State, link: Link, direction: 'up' | 'down', chunk: Buffer) {
  bites[direction === 'up' ? 'cutUp' : 'cutDown'] += chunk.length
  link.holed = true
}

/** True where this is an answer that was to be lost. */
function isLost(state: State, { request }: Link): boolean {
  const { losing } = state
  if (!losing || !request || !losing.match(request)) return false
  state.bites.lostAnswers += 1
  losing.left -= 1
  if (losing.left > 0) return true
  state.losing = undefined
  losing.done()
  return true
}

async function trickle(to: Socket, chunk: Buffer, { pieces }: Way) {
  if (!pieces) return void to.write(chunk)
  for (let at = 0; at < chunk.length && to.writable; at += pieces.bytes) {
    to.write(chunk.subarray(at, at + pieces.bytes))
    await wait(pieces.everyMs)
  }
}

function breakLink({ links, bites }: State, link: Link) {
  if (!links.delete(link)) return
  bites.reset += 1
  link.client.resetAndDestroy()
  link.server.resetAndDestroy()
}

function closeAll(server: Server, { links }: State): Promise<void> {
  for (const { client, server: upstream } of links) {
    client.destroy()
    upstream.destroy()
  }
  return new Promise((resolve) => server.close(() => resolve()))
}

const ignore = () => undefined
