import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  createProxy,
  freePort,
  freePorts,
  type Infra,
  type KafkaCluster,
  type RunningProcess,
  serviceNames,
  startKafka,
  startKafkaCluster,
  startPostgres,
  type TcpProxy,
} from '@quadrille/testing'
import { type Disk, mountDisk } from './disks.ts'

const run = promisify(execFile)

/** Kafka or PostgreSQL, which can be hurt and started again on its own data. */
export interface Server {
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** Stops it with a signal of its own: PostgreSQL knows a fast (SIGINT) and an immediate (SIGQUIT) shutdown. */
  stop(signal?: NodeJS.Signals): Promise<void>
  start(): Promise<void>
  /** Starts it if it has ended by itself. */
  revive(): Promise<void>
  /** SIGSTOP, with its children: it answers nothing, and its connections stay. */
  freeze(): Promise<void>
  thaw(): Promise<void>
}

export interface Servers {
  readonly infra: Infra
  readonly kafka: Server
  readonly postgres: Server
  /** Three brokers instead of one, without doors; then `kafka` is all of them. */
  readonly cluster?: KafkaCluster
  readonly disks?: { readonly kafka: Disk; readonly postgres: Disk }
  /** Each service has a way of its own to Kafka: whoever comes in by it is led through it for good. */
  readonly doors: Readonly<Record<string, Door>>
}

/** Kafka sees the service come from an address of its own, so that one can be denied what others may. */
export interface Door {
  readonly proxy: TcpProxy
  readonly host: string
}

/** `small disks`: the one broker and PostgreSQL each on a file system that can be filled. */
export type Kind = 'one broker' | 'three brokers' | 'small disks'

interface Started {
  readonly process: RunningProcess
  stop(): Promise<unknown>
}

/** Both servers on free ports, empty. */
export async function startServers(kind: Kind = 'one broker'): Promise<Servers> {
  const dir = await mkdtemp(join(tmpdir(), 'quadrille-faults-'))
  const disks = kind === 'small disks' ? { kafka: mountDisk(join(dir, 'kafka')), postgres: mountDisk(join(dir, 'postgres')) } : undefined
  const [kafkaDir, postgresDir] = [disks?.kafka.path ?? dir, disks?.postgres.path ?? dir]
  const postgresPort = await freePort()
  // Their logs stay outside: what they say of a full disk is worth reading.
  const postgres = createServer(() =>
    startPostgres({ port: postgresPort, dataDir: join(postgresDir, 'data-postgres'), log: join(dir, 'postgres.log') }),
  )
  const starting = kind === 'three brokers' ? startCluster(kafkaDir) : startBroker(kafkaDir, join(dir, 'kafka.log'))
  const [broker, { url: postgresUrl }] = await Promise.all([starting, postgres.begin()])
  async function stop() {
    await Promise.all([broker.end(), postgres.end()])
    for (const disk of Object.values(disks ?? {})) disk.unmount()
    await rm(dir, { recursive: true, force: true, maxRetries: 3 })
  }
  return { ...broker, infra: { kafka: { brokers: broker.brokers }, postgresUrl, stop }, postgres, disks }
}

// Every address of 127.0.0.0/8 is this machine on Linux; elsewhere only the first, and nobody can be told apart.
const hostOf = (place: number) => (process.platform === 'linux' ? `127.0.0.${11 + place}` : '127.0.0.1')

/** Who has no rule is allowed everything: rules are made and unmade by the rows. */
const authorized = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'allow.everyone.if.no.acl.found': 'true',
}

async function startBroker(dir: string, log: string) {
  const [port, ...behind] = (await freePorts(1 + serviceNames.length)) as [number, ...number[]]
  const proxies = await Promise.all(behind.map((inner, place) => createProxy({ host: '127.0.0.1', port: inner }, hostOf(place))))
  const ways = proxies.map(({ address }, place) => ({ port: behind[place]!, advertised: address.port }))
  const kafka = createServer(() => startKafka({ port, dataDir: join(dir, 'data-kafka'), log, doors: ways, settings: authorized }))
  await kafka.begin()
  return {
    kafka,
    brokers: [`127.0.0.1:${port}`],
    doors: Object.fromEntries(serviceNames.map((name, place) => [name, { proxy: proxies[place]!, host: hostOf(place) }])),
    end: () => Promise.all([kafka.end(), ...proxies.map((proxy) => proxy.close())]),
  }
}

async function startCluster(dir: string) {
  const cluster = await startKafkaCluster({ dataDir: join(dir, 'kafka') })
  const unused = () => Promise.reject(new Error('of three brokers, one is hurt by its place'))
  const kafka: Server = { kill: unused, stop: unused, start: unused, revive: unused, freeze: unused, thaw: unused }
  return { kafka, cluster, brokers: cluster.brokers, doors: {}, end: () => cluster.stop() }
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
    revive: async () => void (running.process.exit() && (await begin().catch(begin))),
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
