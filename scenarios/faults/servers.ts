import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  createProxy,
  freePorts,
  type Infra,
  type RunningProcess,
  serviceNames,
  startKafka,
  startPostgres,
  type TcpProxy,
} from '@quadrille/testing'

const run = promisify(execFile)

/** Kafka or PostgreSQL, which can be hurt and started again on its own data. */
export interface Server {
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** Stops it with a signal of its own: PostgreSQL knows a fast (SIGINT) and an immediate (SIGQUIT) shutdown. */
  stop(signal?: NodeJS.Signals): Promise<void>
  start(): Promise<void>
  /** SIGSTOP, with its children: it answers nothing, and its connections stay. */
  freeze(): Promise<void>
  thaw(): Promise<void>
}

export interface Servers {
  readonly infra: Infra
  readonly kafka: Server
  readonly postgres: Server
  /** Each service has a way of its own to Kafka: whoever comes in by it is led through it for good. */
  readonly doors: Readonly<Record<string, TcpProxy>>
}

interface Started {
  readonly process: RunningProcess
  stop(): Promise<unknown>
}

/** Both servers on free ports, empty. */
export async function startServers(): Promise<Servers> {
  const dir = await mkdtemp(join(tmpdir(), 'quadrille-faults-'))
  const [kafkaPort, postgresPort, ...behind] = (await freePorts(2 + serviceNames.length)) as [number, number, ...number[]]
  const proxies = await Promise.all(behind.map((port) => createProxy({ host: '127.0.0.1', port })))
  const doors = proxies.map(({ address }, place) => ({ port: behind[place]!, advertised: address.port }))
  const kafka = createServer(() => startKafka({ port: kafkaPort, dataDir: join(dir, 'kafka'), doors }))
  const postgres = createServer(() => startPostgres({ port: postgresPort, dataDir: join(dir, 'postgres') }))
  const [, { url: postgresUrl }] = await Promise.all([kafka.begin(), postgres.begin()])
  async function stop() {
    await Promise.all([kafka.end(), postgres.end(), ...proxies.map((proxy) => proxy.close())])
    await rm(dir, { recursive: true, force: true, maxRetries: 3 })
  }
  return {
    infra: { kafka: { brokers: [`127.0.0.1:${kafkaPort}`] }, postgresUrl, stop },
    kafka,
    postgres,
    doors: Object.fromEntries(serviceNames.map((name, place) => [name, proxies[place]!])),
  }
}

function createServer<S extends Started>(start: () => Promise<S>) {
  let running: S

  async function begin() {
    running = await start()
    return running
  }

  async function stop(signal?: NodeJS.Signals) {
    if (!signal) return void (await running.stop())
    running.process.kill(signal)
    await running.process.exited
  }

  return {
    begin,
    end: () => running.stop(),
    kill: () => stop('SIGKILL'),
    stop,
    // On a busy machine a broker that was killed may take longer than anybody waits; the second time it is quicker.
    start: async () => void (await begin().catch(begin)),
    freeze: () => signalTree(running.process.pid, 'SIGSTOP'),
    thaw: () => signalTree(running.process.pid, 'SIGCONT'),
  } satisfies Server & Record<string, unknown>
}

/** PostgreSQL's backends are no members of its process group. */
async function signalTree(root: number, signal: NodeJS.Signals) {
  const { stdout } = await run('ps', ['-e', '-o', 'pid=,ppid='])
  const parents = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
  const family = [root]
  for (const parent of family) family.push(...parents.filter(([, ppid]) => ppid === parent).map(([pid]) => pid))
  for (const pid of family) trySignal(pid, signal)
}

function trySignal(pid: number, signal: NodeJS.Signals) {
  try {
    process.kill(pid, signal)
  } catch {} // it has ended meanwhile
}
