import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startStack } from '@quadrille/scenarios/stack'
import { type ServiceName, serviceNames, withClient } from '@quadrille/testing'
import { openBooks } from '../shop/books.ts'
import { customers, silent } from '../shop/shop.ts'
import type { World } from '../world.ts'
import type { Recorded } from './recorder.ts'
import { type Replayable, replayableOf, scriptOf, stepsOf } from './script.ts'

/** What the five services have their databases do, as pgbench scripts, and the databases in which they can be run again. */
export interface Recording {
  readonly databases: Readonly<Record<ServiceName, string>>
  /** A script for each order that was placed alone: every step a transaction of its own, as usual. */
  readonly alone: Readonly<Record<ServiceName, readonly string[]>>
  /** The statements for many orders that were placed at once: in sets. */
  readonly together: Readonly<Record<ServiceName, readonly Replayable[]>>
  readonly ordersTogether: number
  /** Statements for an order that is placed alone, of all services. */
  readonly statements: number
}

const ALONE = 2
const TOGETHER = 128
const preload = pathToFileURL(join(import.meta.dirname, 'recorder.ts'))

/** Runs the five services once, and writes down what they say. */
export async function recordStatements(world: World): Promise<Recording> {
  world.say('recording the statements of the five services')
  const fileOf = (name: string) => join(world.dir, `${name}.statements`)
  const options = `--import=${preload} --disable-warning=ExperimentalWarning`
  const env = (name: ServiceName) => ({ ...silent, LOYALTY_HOLD_MS: '0', NODE_OPTIONS: options, RECORD_STATEMENTS: fileOf(name) })
  const infra = { kafka: { brokers: world.brokers }, postgresUrl: world.postgresUrl, stop: async () => {} }
  const stack = await startStack({
    env: Object.fromEntries(serviceNames.map((name) => [name, env(name)])),
    infra: async () => infra,
  })
  try {
    const [books, customer] = await Promise.all([openBooks(stack.targets), customers(stack.urls.orders)])
    const record = async (orders: number) => {
      await Promise.all(serviceNames.map((name) => writeFile(fileOf(name), '')))
      const load = await customer.place({ orders, concurrency: orders })
      await books.ended(load)
      await books.ledger(load)
      return Object.fromEntries(await Promise.all(serviceNames.map(async (name) => [name, await stepsIn(fileOf(name))] as const)))
    }
    await record(3) // the first ones prepare
    const alone: Awaited<ReturnType<typeof record>>[] = []
    for (let order = 0; order < ALONE; order++) alone.push(await record(1))
    const together = await record(TOGETHER)
    await Promise.all([customer.stop(), books.close()])
    return await asScripts(stack.targets.databases, alone, together)
  } finally {
    await stack.close()
  }
}

type Steps = Readonly<Record<string, Recorded[][]>>

async function asScripts(databases: Recording['databases'], alone: readonly Steps[], together: Steps): Promise<Recording> {
  const ids = Object.fromEntries(
    await Promise.all(serviceNames.map(async (name) => [name, await eventIds(databases[name])] as const)),
  ) as Record<ServiceName, Map<string, string>>
  const each = <T>(of: (service: ServiceName) => T) =>
    Object.fromEntries(serviceNames.map((name) => [name, of(name)])) as Record<ServiceName, T>
  return {
    databases,
    alone: each((service) => alone.map((steps) => scriptOf(steps[service]!, ids[service]))),
    together: each((service) => replayableOf(together[service]!, ids[service])),
    ordersTogether: TOGETHER,
    statements: serviceNames.reduce((sum, service) => sum + alone[0]![service]!.flat().length, 0),
  }
}

async function stepsIn(file: string): Promise<Recorded[][]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean)
  return stepsOf(lines.map((line) => JSON.parse(line) as Recorded))
}

const eventIds = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ id: string; event: string }>('select id, event_id as event from outbox')
    return new Map(rows.map(({ id, event }) => [id, event]))
  })
