import { commonConfig, milliseconds } from '@quadrille/service-kit'
import { z } from 'zod'
import { usualCatalogue } from './products.ts'

export const OrdersConfig = z.object({
  ...commonConfig({ service: 'orders', port: 3001 }),
  CATALOGUE: z.string().min(1).default(usualCatalogue),
  /** How long after placing the customer may cancel, on the database's clock. */
  CANCEL_WINDOW_MS: milliseconds(10 * 60_000),
  /** Orders a second that one customer may place; 0 takes the limit off. */
  ORDERS_RATE_LIMIT: z.coerce.number().int().min(0).default(100).meta({ example: 100 }),
})
