import { z } from 'zod'

export const SwitchBody = z.strictObject({
  down: z.boolean().optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  slowMs: z.int().min(0).max(600_000).optional(),
  accept: z.array(z.string().min(1)).optional(),
  declinePercent: z.number().min(0).max(100).optional(),
})

/** How the provider misbehaves at the moment. It is kept in memory only: a restart repairs it. */
export type Switch = Required<z.infer<typeof SwitchBody>>
