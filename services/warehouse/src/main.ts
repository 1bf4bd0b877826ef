import { configOfProcess, runService } from '@quadrille/service-kit'
import { readCatalogue } from './catalogue.ts'
import { WarehouseConfig } from './config.ts'
import { warehouse } from './service.ts'
import { seedStock } from './store.ts'

const config = configOfProcess(WarehouseConfig)
const products = await readCatalogue(config.CATALOGUE)
await runService({
  service: warehouse,
  config,
  migrations: new URL('./migrations', import.meta.url),
  prepare: (trx) => seedStock(trx, products),
})
