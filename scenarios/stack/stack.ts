import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type CheckTargets, createServiceDatabase, type Infra, serviceNames, startInfra } from '@quadrille/testing'
import { environmentsOf, freePlaces } from './places.ts'
import { createProcesses, type Environment, type Environments, type Processes, type ProcessName } from './processes.ts'
import { createShell, type Shell } from './shell.ts'
import { createShop, type Shop } from './shop.ts'
import { freshTopics } from './topics.ts'
import { createWitnesses, type Witnesses } from './witnesses.ts'

export interface StackOptions {
  /** Beside what every process is told. */
  readonly env?: Partial<Record<ProcessName, Environment>>
  /** Hears every line that any of the processes writes. */
  readonly onLine?: (line: string) => void
  /** Where Kafka and PostgreSQL come from, if not from `TEST_INFRA`. */
  readonly infra?: () => Promise<Infra>
  /** Leads the processes elsewhere, as through proxies. */
  readonly wire?: (environments: Environments) => Promise<Environments>
}

/** The whole system as real processes over real Kafka and PostgreSQL, with its customers, its operators and its witnesses. */
export interface Stack extends Processes, Witnesses {
  readonly targets: CheckTargets
  readonly shop: Shop
  /** An operator who types what a runbook says. */
  readonly type: Shell
  readonly urls: Readonly<Record<ProcessName, string>>
  close(): Promise<void>
}

const catalogueFile = resolve(import.meta.dirname, '../../infra/catalogue.json')
export const OPS_TOKEN = 'operators-in-scenarios'
const apps = ['psp', 'mail'] as const

/** Starts everything, on free ports and empty. */
export async function startStack({ env, onLine, infra: own = startInfra, wire = asTheyAre }: StackOptions = {}): Promise<Stack> {
  const [infra, dataDir] = await Promise.all([own(), mkdtemp(join(tmpdir(), 'quadrille-scenario-'))])
  const closing: (() => Promise<unknown>)[] = [() => infra.stop(), () => rm(dataDir, { recursive: true, force: true, maxRetries: 3 })]
  const close = async () => {
    for (const step of closing) await step()
  }
  try {
    const [databases, places] = [await createDatabases(infra), await freePlaces()]
    const environments = await wire(environmentsOf(infra, databases, places, dataDir, OPS_TOKEN))
    const processes = createProcesses(environments, places.urls, env, onLine)
    closing.unshift(processes.stopAll)
    const targets = await targetsOf(infra, databases, places.urls)
    await Promise.all([freshTopics(targets), ...apps.map((name) => processes.start(name))])
    await Promise.all(serviceNames.map((name) => processes.start(name)))
    const shop = createShop(places.urls, OPS_TOKEN, processes.complaints)
    const type = createShell(places.urls, targets, OPS_TOKEN)
    return { ...processes, ...createWitnesses(targets, shop.asked), targets, shop, type, urls: places.urls, close }
  } catch (error) {
    await close()
    throw error
  }
}

const asTheyAre = async (environments: Environments) => environments

/** Of fresh names, so that a server which is used again is as good as a new one. */
async function createDatabases({ postgresUrl }: Infra): Promise<CheckTargets['databases']> {
  const run = randomBytes(4).toString('hex')
  const created = await Promise.all(serviceNames.map(async (name) => [name, await createServiceDatabase(postgresUrl, `${name}_${run}`)]))
  return Object.fromEntries(created)
}

async function targetsOf({ kafka }: Infra, databases: CheckTargets['databases'], urls: Readonly<Record<ProcessName, string>>) {
  const catalogue = JSON.parse(await readFile(catalogueFile, 'utf8'))
  return { databases, brokers: kafka.brokers, pspUrl: urls.psp, mailUrl: urls.mail, catalogue } satisfies CheckTargets
}
