import { configOfProcess, runService } from '@quadrille/service-kit'
import { LoyaltyConfig } from './config.ts'
import { loyalty } from './service.ts'

const config = configOfProcess(LoyaltyConfig)
const service = loyalty({ holdMs: config.LOYALTY_HOLD_MS })
await runService({ service, config, migrations: new URL('./migrations', import.meta.url) })
