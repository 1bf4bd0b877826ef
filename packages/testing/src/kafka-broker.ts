import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assertPortFree, freePort } from './free-port.ts'
import { assertJava, kafkaConfig, kafkaJars, quickJvm } from './kafka-jars.ts'
import { type Exit, type RunningProcess, startProcess } from './process.ts'
import { waitFor } from './wait-for.ts'

/** A broker to start. */
export interface KafkaOptions {
  readonly port: number
  /** Formatted at the first start; the same folder again brings the same data back. */
  readonly dataDir: string
  readonly heapMb?: number
  /** The broker's log; by default beside the data folder. */
  readonly log?: string
  readonly onProgress?: (text: string) => void
  /** Further ports to listen on; whoever comes in there is told another port to come to: a proxy's. */
  readonly doors?: readonly { readonly port: number; readonly advertised: number }[]
  /** A node of a cluster, and the controllers' ports of all its nodes. */
  readonly node?: { readonly id: number; readonly controllers: readonly number[] }
  /** Beside and instead of ours. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A running Apache Kafka. */
export interface KafkaBroker {
  readonly brokers: string[]
  readonly process: RunningProcess
  /** Signals it; after SIGKILL wait for `process.exited`, then start on the same folder. */
  kill(signal: NodeJS.Signals): boolean
  stop(): Promise<Exit>
}

/** Starts Apache Kafka (KRaft, one node) and resolves when a client can describe the cluster and use a consumer group. */
export async function startKafka(options: KafkaOptions): Promise<KafkaBroker> {
  const { port, dataDir, heapMb = 400, log = `${dataDir}.log` } = options
  const { classpath, formatted, classes } = await kafkaJars(options.onProgress)
  await assertPortFree(port, 'Kafka')
  await formatOnce(dataDir, formatted, options.node?.id ?? 1)
  const config = await writeConfig(options)
  const jvm = [
    ...quickJvm,
    ...sharedClasses(classes, port),
    `-Xmx${heapMb}m`,
    `-Dlog4j2.configurationFile=${kafkaConfig.log4j}`,
    '-cp',
    classpath,
  ]
  const broker = startProcess({ name: 'Kafka', command: 'java', args: [...jvm, 'kafka.Kafka', config], log })
  const brokers = [`127.0.0.1:${port}`]
  try {
    await kafkaReady(brokers, broker)
  } catch (error) {
    await broker.stop()
    await assertJava()
    throw error
  }
  return { brokers, process: broker, kill: broker.kill, stop: () => stopKeeping(broker, classes, port) }
}

// Classes that an earlier broker has loaded start in 1.5 s of CPU instead of 2.6. The JVM writes them when it ends in order.
const sharedClasses = (classes: string, port: number) => [
  existsSync(classes) ? `-XX:SharedArchiveFile=${classes}` : `-XX:ArchiveClassesAtExit=${classes}.${port}`,
]

async function stopKeeping(broker: RunningProcess, classes: string, port: number): Promise<Exit> {
  const exit = await broker.stop()
  await rename(`${classes}.${port}`, classes).catch(() => {})
  return exit
}

/** Resolves when these brokers serve clients and consumer groups; fails at once if the process that should serve them ends. */
export async function kafkaReady(brokers: string[], process?: RunningProcess, deadline = 60_000): Promise<void> {
  const answers = async () => process?.exit() !== undefined || (await servesGroups(brokers))
  await waitFor(answers, { deadline, every: 50, what: `Kafka at ${brokers.join()}`, diagnose: () => process?.tail() ?? '' })
  if (process?.exit()) throw new Error(`Kafka ended while it started:\n${process.tail()}`)
}

// Asking for a group makes the broker create and load its offsets topic, or the first consumer would meet "coordinator not
// available" and kafkajs back off, for up to 5 s on a busy machine.
async function servesGroups(brokers: string[]): Promise<boolean> {
  const { Kafka, logLevel } = await import('kafkajs') // takes 0.1 s, while the broker starts
  const kafka = new Kafka({ brokers, clientId: 'readiness', logLevel: logLevel.NOTHING, connectionTimeout: 2_000, retry: { retries: 0 } })
  const admin = kafka.admin()
  try {
    await admin.connect()
    const { brokers: alive } = await admin.describeCluster()
    return alive.length > 0 && (await admin.describeGroups(['readiness'])).groups.length === 1
  } finally {
    await admin.disconnect()
  }
}

async function formatOnce(dataDir: string, formatted: string, nodeId: number): Promise<void> {
  if (existsSync(join(dataDir, 'meta.properties'))) return
  // The rename makes a start that died half-way look as if it had never been.
  const half = `${dataDir}.half`
  await rm(half, { recursive: true, force: true })
  await mkdir(join(dataDir, '..'), { recursive: true })
  await cp(formatted, half, { recursive: true })
  if (nodeId !== 1) await makeAnother(join(half, 'meta.properties'), nodeId)
  await rename(half, dataDir)
}

/** A copy of a folder belongs to another node, and is another folder. */
async function makeAnother(file: string, nodeId: number): Promise<void> {
  const meta = await readFile(file, 'utf8')
  const directory = randomBytes(16).toString('base64url')
  await writeFile(file, meta.replace(/^node\.id=.*$/m, `node.id=${nodeId}`).replace(/^directory\.id=.*$/m, `directory.id=${directory}`))
}

async function writeConfig({ port, dataDir, doors = [], node, settings }: KafkaOptions): Promise<string> {
  const { id, controllers } = node ?? { id: 1, controllers: [await freePort()] }
  const at = (name: string, ofPort: number | undefined) => `${name}://127.0.0.1:${ofPort}`
  const own = {
    'node.id': id,
    listeners: [at('PLAINTEXT', port), at('CONTROLLER', controllers[id - 1]), ...doors.map((door, n) => at(`DOOR${n}`, door.port))],
    'advertised.listeners': [at('PLAINTEXT', port), ...doors.map((door, n) => at(`DOOR${n}`, door.advertised))],
    'listener.security.protocol.map': ['PLAINTEXT', 'CONTROLLER', ...doors.map((_, n) => `DOOR${n}`)].map((name) => `${name}:PLAINTEXT`),
    'controller.quorum.voters': controllers.map((controller, n) => `${n + 1}@127.0.0.1:${controller}`),
    'log.dirs': dataDir,
    ...settings,
  }
  const file = `${dataDir}.properties`
  const lines = Object.entries(own).map(([name, value]) => `${name}=${value}`)
  await writeFile(file, `${await readFile(kafkaConfig.properties, 'utf8')}\n${lines.join('\n')}\n`)
  return file
}
