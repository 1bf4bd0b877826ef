import { configOfProcess, runService } from '@quadrille/service-kit'
import { OrdersConfig } from './config.ts'
import { forgottenAnswers } from './idempotency.ts'
import { readProducts } from './products.ts'
import { orders } from './service.ts'

const config = configOfProcess(OrdersConfig)
const service = orders({
  cancelWindowMs: config.CANCEL_WINDOW_MS,
  products: readProducts(config.CATALOGUE),
  ordersPerSecond: config.ORDERS_RATE_LIMIT,
})
// Orders are taken while Kafka is down, so readiness asks for no consumer group.
const migrations = new URL('./migrations', import.meta.url)
await runService({ service, config, migrations, forgets: [forgottenAnswers], readyNeedsGroup: false })
