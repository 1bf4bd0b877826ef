import { z } from 'zod'

export const SwitchBody = z.strictObject({
  down: z.boolean().optional(),
  dropAfterAccept: z.int().min(0).optional(),
})

/** How the sink misbehaves at the moment: refuse every mail with 451; keep the next n but hang up before saying so. A restart repairs it. */
export type Switch = Required<z.infer<typeof SwitchBody>>
