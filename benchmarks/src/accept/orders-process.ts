import { resolve } from 'node:path'
import { migrate } from '@quadrille/service-kit'
import { databaseUrl, freePort, nodeFlags, type RunningProcess, startProcess, untilReady } from '@quadrille/testing'
import type { World } from '../world.ts'

const main = resolve(import.meta.dirname, '../../../services/orders/src/main.ts')

export interface OrdersProcess {
  readonly url: string
  readonly process: RunningProcess
}

/** The real service: validation, rate limit off, its relay at work; what is told to whom is said by its environment. */
export async function startOrders(
  databaseUrl: string,
  brokers: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<OrdersProcess> {
  const port = String(await freePort())
  const env = {
    PORT: port,
    DATABASE_URL: databaseUrl,
    KAFKA_BROKERS: brokers.join(),
    ORDERS_RATE_LIMIT: '0',
    ...more,
  }
  const orders = startProcess({ name: 'orders', command: process.execPath, args: [...nodeFlags, main], env })
  const url = `http://127.0.0.1:${port}`
  await untilReady(orders, url)
  return { url, process: orders }
}

const migrations = new URL('../../../services/orders/src/migrations', import.meta.url)

/** A database with orders' tables: its service's URL, and the superuser's. */
export async function migratedForOrders(world: World, name: string) {
  const service = await world.database(name)
  await migrate(service, migrations)
  return { service, admin: databaseUrl(world.postgresUrl, name) }
}
