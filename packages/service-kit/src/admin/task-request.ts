import { OrderId } from '@quadrille/contracts'
import { z } from 'zod'
import { Because } from './operation.ts'

const Select = z.union(
  [z.strictObject({ code: z.string().min(1) }), z.strictObject({ orderId: OrderId }), z.strictObject({ all: z.literal(true) })],
  { error: 'must be {code}, {orderId} or {all: true}' },
)
const rate = (usual: number) => z.int().min(1).max(100_000).default(usual)

const letters = {
  select: Select,
  dryRun: z.boolean().default(false),
  ratePerSecond: rate(50).meta({ description: 'Orders or letters a second, at most' }),
}

const Moment = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-22T15:04:05Z' })
const Beginning = z.literal('beginning')
const Since = z.strictObject({ date: Moment })
const At = z.strictObject({ topic: z.string(), partition: z.int().min(0), offset: z.string().regex(/^\d{1,18}$/, 'must be an offset') })
const Offsets = z.strictObject({ offsets: z.array(At).min(1) }).meta({ description: 'Partitions that are not named are left out' })

const replayed = {
  kind: z.literal('replay'),
  reason: Because.optional(),
  dryRun: z.boolean().default(false),
  ratePerSecond: rate(2_000).meta({ description: 'Records a second, at most' }),
}

/** Of the consumer: what its topics still hold, or one topic, such as `orders.v1.replay.loyalty`. */
const FromTopic = z.strictObject({
  ...replayed,
  source: z.literal('topic'),
  topic: z.string().optional(),
  from: z.union([Beginning, Since, Offsets], { error: "must be 'beginning', {date} or {offsets}" }),
})
/** Of the emitter: what it published, to its own topic, or to `<topic>.replay.<consumer>` for one consumer alone. */
const FromOutbox = z.strictObject({
  ...replayed,
  source: z.literal('outbox'),
  consumer: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,40}$/, "must be a service's name")
    .optional(),
  from: z.union([Beginning, Since], { error: "must be 'beginning' or {date}" }),
})

/** Long work that an operator may ask for. */
export const TaskRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('redrive'), reason: Because.optional(), ...letters }),
  z.strictObject({ kind: z.literal('discard'), reason: Because, ...letters }),
  z.strictObject({ ...replayed, kind: z.literal('rebuild') }),
  z.discriminatedUnion('source', [FromTopic, FromOutbox]),
])
