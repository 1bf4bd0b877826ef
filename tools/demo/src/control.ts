import { createHash, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Refusal } from './arguments.ts'
import type { StoppableRelay } from './relays.ts'
import type { Supervisor } from './supervisor.ts'

export interface ControlOptions {
  /** The operators' token: whoever may work may break. */
  readonly token: string
  readonly part: (name: string) => Breakable | undefined
  /** Of a service. */
  readonly relay: (service: string) => StoppableRelay | undefined
  /** What stands still or is stopped goes on by itself after so long, also when whoever asked for it is gone. */
  readonly longestMs?: number
}

export interface Asked {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly authorization?: string | undefined
}

export interface Answer {
  readonly status: number
  readonly title: string
}

const LONGEST_MS = 120_000
const PARTS = /^\/parts\/([a-z]+)\/(kill|freeze|thaw|stop|start)$/
const RELAYS = /^\/relays\/([a-z]+)\/(stop|start)$/

type Breakable = Pick<Supervisor, 'kill' | 'hold' | 'release'>

/** `POST /parts/:name/kill|freeze|thaw|stop|start` and `POST /relays/:service/stop|start`, for the console's "Break it". */
export function createControl({ token, part, relay, longestMs = LONGEST_MS }: ControlOptions) {
  const verbs = createVerbs(longestMs)

  function doneBy(url: string): (() => unknown) | undefined {
    const [, name = '', verb] = PARTS.exec(url) ?? []
    const [, service = '', turn] = RELAYS.exec(url) ?? []
    const [one, its] = [part(name), relay(service)]
    if (verb && one) return () => verbs[verb as Verb](name, one)
    if (turn && its) return () => verbs[turn as 'stop' | 'start'](`relay of ${service}`, its)
    return undefined
  }
  return {
    async answer({ method, url = '', authorization = '' }: Asked): Promise<Answer> {
      if (!isSame(authorization, `Bearer ${token}`)) return { status: 401, title: "send the operators' token as a bearer token" }
      const done = method === 'POST' ? doneBy(url) : undefined
      if (!done) return { status: 404, title: `there is no ${method} ${url}` }
      await done()
      return { status: 200, title: url.split('/').slice(-2).join(': ') }
    },
  }
}

type Verb = 'kill' | 'freeze' | 'thaw' | 'stop' | 'start'
type Held = Pick<Breakable, 'hold' | 'release'> | StoppableRelay

function createVerbs(longestMs: number) {
  const timers = new Map<string, NodeJS.Timeout>()
  /** Whatever is done to a part ends what was to be undone of it before; `undo` is for the case that nobody does. */
  function doing(name: string, act: unknown, undo?: () => unknown): unknown {
    clearTimeout(timers.get(name))
    if (undo) timers.set(name, setTimeout(undo, longestMs).unref())
    return act
  }
  return {
    kill: (_: string, one: Breakable) => one.kill('SIGKILL'),
    freeze: (name: string, one: Breakable) => doing(name, one.kill('SIGSTOP'), () => one.kill('SIGCONT')),
    thaw: (name: string, one: Breakable) => doing(name, one.kill('SIGCONT')),
    stop: (name: string, one: Held) => doing(name, one.hold(), one.release),
    start: (name: string, one: Held) => doing(name, one.release()),
  }
}

// Digests have one length, so the comparison tells nothing of the token.
const isSame = (given: string, right: string) => timingSafeEqual(digest(given), digest(right))
const digest = (text: string) => createHash('sha256').update(text).digest()

/** Listens on this machine alone; 0 is any free port. */
export async function openControl(port: number, options: ControlOptions) {
  const { answer } = createControl(options)
  const server = createServer(({ method, url, headers }: IncomingMessage, response: ServerResponse) => {
    void answer({ method, url, authorization: headers.authorization })
      .catch((error: Error) => ({ status: 500, title: error.message }))
      .then(({ status, title }) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ title })))
  })
  await once(server.listen(port, '127.0.0.1'), 'listening').catch((error: Error) => {
    throw new Refusal(`the demo cannot listen on port ${port} (CONTROL_PORT): ${error.message}`)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close(): void {
      server.closeAllConnections()
      server.close()
    },
  }
}
