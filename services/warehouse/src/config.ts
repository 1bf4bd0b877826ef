import { fileURLToPath } from 'node:url'
import { commonConfig } from '@quadrille/service-kit'
import { z } from 'zod'

export const WarehouseConfig = z.object({
  ...commonConfig({ service: 'warehouse', port: 3005 }),
  /** Products and their first stock. */
  CATALOGUE: z
    .string()
    .min(1)
    .default(fileURLToPath(new URL('../../../infra/catalogue.json', import.meta.url))),
})
