import { commonConfig, httpUrl } from '@quadrille/service-kit'
import { z } from 'zod'

const { LOG_LEVEL } = commonConfig({ service: 'load', port: 0 })

export const loadConfig = z.object({
  ORDERS_URL: httpUrl('http://127.0.0.1:3001'),
  /** Orders a second. */
  LOAD_RATE: z.coerce.number({ error: 'must be a number' }).positive().max(1_000).default(2).meta({ example: 2 }),
  LOAD_SEED: z.coerce.number({ error: 'must be a whole number' }).int().default(1).meta({ example: 1 }),
  LOG_LEVEL,
})
