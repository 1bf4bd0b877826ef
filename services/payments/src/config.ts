import { commonConfig, httpUrl } from '@quadrille/service-kit'
import { z } from 'zod'

export const PaymentsConfig = z.object({
  ...commonConfig({ service: 'payments', port: 3002 }),
  /** The payment provider. */
  PSP_URL: httpUrl('http://127.0.0.1:3010'),
})
