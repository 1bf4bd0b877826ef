import type { ReplayingKafka } from '@quadrille/messaging'
import { createRuntime } from '@quadrille/messaging'
import { createService, migrate, readConfig } from '@quadrille/service-kit'
import { testDatabase } from '@quadrille/testing'
import { OrdersConfig } from '../src/config.ts'
import { readProducts } from '../src/products.ts'
import { orders } from '../src/service.ts'

const migrations = new URL('../src/migrations', import.meta.url)

export const ordersDatabase = () => testDatabase(async (url) => void (await migrate(url, migrations)), 'orders')

const down = () => Promise.reject(new Error('Kafka is down'))
const kafkaThatIsDown = {
  connectProducer: down,
  consume: down,
  createTopics: down,
  disconnect: async () => undefined,
} as unknown as ReplayingKafka

/** The whole service on a database of its own, while Kafka is down. */
export async function openShop(env: Record<string, string> = {}) {
  const database = await ordersDatabase()
  const settings = { DATABASE_URL: database.url, PORT: '0', LOG_LEVEL: 'silent', OPS_TOKEN: 'an-operators-word', ORDERS_RATE_LIMIT: '60' }
  const config = readConfig(OrdersConfig, { ...settings, ...env })
  const policy = {
    cancelWindowMs: config.CANCEL_WINDOW_MS,
    products: readProducts(config.CATALOGUE),
    ordersPerSecond: config.ORDERS_RATE_LIMIT,
  }
  const onFatal = (error: unknown) => {
    throw error
  }
  const service = await createService(
    { service: orders(policy), config, migrations, readyNeedsGroup: false },
    { createRuntime, createKafka: () => kafkaThatIsDown, onFatal },
  )
  await service.start()
  const close = async () => {
    await service.close()
    await database.drop()
  }
  return { app: service.app, query: service.query, close }
}
