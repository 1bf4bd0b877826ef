import { commonConfig, milliseconds } from '@quadrille/service-kit'
import { z } from 'zod'

export const LoyaltyConfig = z.object({
  ...commonConfig({ service: 'loyalty', port: 3003 }),
  /** How long points are held back: while an order can be cancelled. */
  LOYALTY_HOLD_MS: milliseconds(600_000),
})
