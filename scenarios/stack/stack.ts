import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import {
  type CheckTargets,
  checkInvariants,
  createReader,
  createServiceDatabase,
  freePorts,
  type Infra,
  type LedgerLine,
  type PlantedLetter,
  type QuietOptions,
  serviceNames,
  startInfra,
  type TopicRecord,
  type Violation,
  waitUntilQuiet,
} from '@quadrille/testing'
import { createProcesses, type Environment, type Processes, type ProcessName } from './processes.ts'
import { createShop, type Shop } from './shop.ts'
import { freshTopics } from './topics.ts'

export interface StackOptions {
  /** Beside what every process needs. */
  readonly env?: Partial<Record<ProcessName, Environment>>
}

/** A record to write by hand; bytes as they are. */
export interface RawRecord {
  readonly key: string | null
  readonly value: string | Buffer | null
  readonly headers?: Readonly<Record<string, string>>
}

/** The whole system as real processes over real Kafka and PostgreSQL, and its witnesses. */
export interface Stack extends Processes {
  readonly targets: CheckTargets
  readonly shop: Shop
  /** Makes the payment provider or the mail sink misbehave. */
  turn(name: 'psp' | 'mail', state: object): Promise<void>
  /** What the payment provider's own books say of an order. */
  ledgerOf(orderId: string): Promise<LedgerLine[]>
  /** Writes a record that no service would; the checker knows of it. */
  produce(topic: string, record: RawRecord): Promise<void>
  /** Tells the checker that these dead letters are meant. */
  expectLetters(...letters: PlantedLetter[]): void
  quiet(options?: QuietOptions): Promise<void>
  /** Waits until quiet, then tells what is not as promised: I1 to I9. */
  violations(): Promise<Violation[]>
  close(): Promise<void>
}

const cataloguePath = resolve(import.meta.dirname, '../../infra/catalogue.json')
const OPS_TOKEN = 'operators-in-scenarios'
const apps = ['psp', 'mail'] as const

/** Starts everything, on free ports and empty. */
export async function startStack({ env = {} }: StackOptions = {}): Promise<Stack> {
  const [infra, dataDir, ports] = await Promise.all([startInfra(), mkdtemp(join(tmpdir(), 'quadrille-scenario-')), freePorts(8)])
  const urls = urlsOf(ports)
  const databases = await createDatabases(infra)
  const catalogue = JSON.parse(await readFile(cataloguePath, 'utf8'))
  const targets = { databases, brokers: infra.kafka.brokers, pspUrl: urls.psp, mailUrl: urls.mail, catalogue }
  const processes = createProcesses(environmentsOf(infra, databases, urls, ports, dataDir, env), urls)
  const close = async () => {
    await processes.stopAll()
    await infra.stop()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    await Promise.all([freshTopics(targets), ...apps.map((name) => processes.start(name))])
    await Promise.all(serviceNames.map((name) => processes.start(name)))
  } catch (error) {
    await close()
    throw error
  }
  const shop = createShop(urls, OPS_TOKEN, processes.complaints)
  return Object.assign(witnesses(targets, shop), processes, { close })
}

type Urls = Readonly<Record<ProcessName, string>>

function urlsOf(ports: readonly number[]): Urls {
  const names = [...serviceNames, ...apps]
  return Object.fromEntries(names.map((name, place) => [name, `http://127.0.0.1:${ports[place]}`])) as Urls
}

function environmentsOf(
  infra: Infra,
  databases: CheckTargets['databases'],
  urls: Urls,
  ports: readonly number[],
  dataDir: string,
  more: NonNullable<StackOptions['env']>,
): Record<ProcessName, Environment> {
  const portOf = (name: ProcessName) => new URL(urls[name]).port
  const smtpPort = String(ports.at(-1))
  const common = { KAFKA_BROKERS: infra.kafka.brokers.join(), OPS_TOKEN, OTEL_SDK_DISABLED: 'true' }
  const outside = { PSP_URL: urls.psp, SMTP_URL: `smtp://127.0.0.1:${smtpPort}`, LOYALTY_HOLD_MS: '3000', ORDERS_RATE_LIMIT: '0' }
  const services = serviceNames.map((name) => [
    name,
    { ...common, ...outside, PORT: portOf(name), DATABASE_URL: databases[name], ...more[name] },
  ])
  return {
    ...Object.fromEntries(services),
    psp: { PSP_PORT: portOf('psp'), PSP_DATA: join(dataDir, 'psp'), ...more.psp },
    mail: { MAIL_PORT: portOf('mail'), MAIL_SMTP_PORT: smtpPort, MAIL_DATA: join(dataDir, 'mail'), ...more.mail },
  }
}

/** Of fresh names, so that a server which is used again is as good as a new one. */
async function createDatabases({ postgresUrl }: Infra): Promise<CheckTargets['databases']> {
  const run = randomBytes(4).toString('hex')
  const created = await Promise.all(serviceNames.map(async (name) => [name, await createServiceDatabase(postgresUrl, `${name}_${run}`)]))
  return Object.fromEntries(created)
}

function witnesses(targets: CheckTargets, shop: Shop) {
  const records: Pick<TopicRecord, 'topic' | 'partition' | 'offset'>[] = []
  const deadLetters: PlantedLetter[] = []
  const quiet = (options?: QuietOptions) => waitUntilQuiet(targets, { deadline: 90_000, ...options })
  return {
    targets,
    shop,
    quiet,
    async turn(name: 'psp' | 'mail', state: object) {
      const body = JSON.stringify(state)
      const url = `${name === 'psp' ? targets.pspUrl : targets.mailUrl}/switch`
      const response = await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/json' }, body })
      if (!response.ok) throw new Error(`${url} answered ${response.status}`)
    },
    async ledgerOf(orderId: string) {
      const lines = (await (await fetch(`${targets.pspUrl}/ledger`)).json()) as LedgerLine[]
      return lines.filter((line) => line.orderId === orderId)
    },
    async produce(topic: string, record: RawRecord) {
      const producer = createReader(targets).producer({ allowAutoTopicCreation: false })
      await producer.connect()
      const written = await producer.send({ topic, messages: [record] })
      await producer.disconnect()
      records.push(...written.map(({ partition, baseOffset }) => ({ topic, partition, offset: baseOffset! })))
    },
    expectLetters: (...letters: PlantedLetter[]) => void deadLetters.push(...letters),
    async violations() {
      await quiet()
      return checkInvariants({ ...targets, planted: { orders: shop.asked, records, deadLetters } })
    },
  }
}
