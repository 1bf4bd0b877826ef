import { contractsByType, decode, mask } from '@quadrille/contracts'
import type { Trx } from '@quadrille/messaging'
import { z } from 'zod'

export const TimelineEvent = z
  .object({
    id: z.string(),
    type: z.string(),
    source: z.string(),
    sequence: z.int(),
    time: z.iso.datetime({ offset: true }),
    causationId: z.string().optional(),
    data: z.unknown().meta({ description: 'As its contract says; personal fields are masked' }),
  })
  .meta({ id: 'TimelineEvent' })
export type TimelineEvent = z.infer<typeof TimelineEvent>

// What orders told, and what it heard: every event of the order that orders knows of.
const KNOWN = `
  select headers, payload from outbox where topic = 'orders.v1' and key = $1
  union all
  select headers, payload from processed_events where key = $1 and payload is not null`

interface Kept {
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string
}

/** An order's events, oldest first; those of one instant as their emitter counted them. */
export async function timelineOf(trx: Trx, orderId: string): Promise<TimelineEvent[]> {
  const kept = await trx.query<Kept>(KNOWN, [orderId])
  return kept.flatMap((event) => shown(orderId, event)).sort((a, b) => Date.parse(a.time) - Date.parse(b.time) || a.sequence - b.sequence)
}

function shown(orderId: string, { headers, payload }: Kept): TimelineEvent[] {
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''))
  const decoded = decode(contractsByType, { key: Buffer.from(orderId), value: Buffer.from(payload), headers: given })
  if (decoded.kind !== 'event') return []
  const { id, type, source, sequence, time, causationId } = decoded.envelope
  return [{ id, type, source, sequence, time, causationId, data: mask(decoded.contract, decoded.data) }]
}
