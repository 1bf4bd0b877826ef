import { configOfProcess, runService } from '@quadrille/service-kit'
import { PaymentsConfig } from './config.ts'
import { createPsp } from './psp.ts'
import { payments } from './service.ts'

const config = configOfProcess(PaymentsConfig)
const world = { psp: createPsp(config.PSP_URL) }
await runService({ service: payments, config, world, migrations: new URL('./migrations', import.meta.url) })
