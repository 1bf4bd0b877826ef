import { resolve } from 'node:path'
import { freePort, type RunningProcess, startProcess, untilReady } from '@quadrille/testing'

const main = resolve(import.meta.dirname, '../../../services/orders/src/main.ts')

export interface OrdersProcess {
  readonly url: string
  readonly process: RunningProcess
}

/** The real service: validation, rate limit off, logs, metrics, every trace recorded and sent, its relay at work. */
export async function startOrders(databaseUrl: string, brokers: readonly string[], collector: string): Promise<OrdersProcess> {
  const port = String(await freePort())
  const env = {
    PORT: port,
    DATABASE_URL: databaseUrl,
    KAFKA_BROKERS: brokers.join(),
    ORDERS_RATE_LIMIT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
  }
  const orders = startProcess({ name: 'orders', command: process.execPath, args: [main], env })
  const url = `http://127.0.0.1:${port}`
  await untilReady(orders, url)
  return { url, process: orders }
}
