import { z } from 'zod'
import { OrderId } from './values.ts'

/** What surrounds an event's data: CloudEvents 1.0 in Kafka's binary mode, one header each. */
export interface Envelope {
  id: string
  /** `OrderPlaced`; the version stands apart. */
  type: string
  version: number
  /** `/orders` */
  source: string
  time: string
  orderId: string
  correlationId: string
  /** Absent on events that a request caused. */
  causationId?: string
  /** 1, 2, 3… per emitter and order. */
  sequence: number
  /** For telemetry only; empty where the sender gave none that can be read. */
  traceparent: string
  dataschema: string
}

/** A record as Kafka delivers it. A header that was sent twice is a list; the first counts. */
export interface KafkaRecord {
  key: Buffer | null
  value: Buffer | null
  headers: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>
}

/** A record as the outbox keeps it: text, and never changed again. */
export interface Encoded {
  key: string
  value: string
  headers: Record<string, string>
}

/** What the runtime knows about an event and its handler does not. */
export type Stamp = Pick<Envelope, 'id' | 'time' | 'correlationId' | 'causationId' | 'sequence' | 'traceparent'>

export type ContractErrorCode = 'UNDECODABLE' | 'CONTRACT_DATA' | 'CONTRACT_VERSION'

/** A sender broke its own contract. The message names fields, never their values: those may be personal. */
export class ContractError extends Error {
  override readonly name = 'ContractError'
  readonly code: ContractErrorCode
  readonly path: string | undefined

  constructor(code: ContractErrorCode, message: string, path?: string) {
    super(message)
    this.code = code
    this.path = path
  }
}

/** The headers an envelope travels in. */
export const HEADERS = {
  specversion: 'ce_specversion',
  id: 'ce_id',
  type: 'ce_type',
  source: 'ce_source',
  time: 'ce_time',
  subject: 'ce_subject',
  dataschema: 'ce_dataschema',
  correlationId: 'ce_correlationid',
  causationId: 'ce_causationid',
  sequence: 'ce_sequence',
  traceparent: 'traceparent',
  contentType: 'content-type',
} as const

// Ids become keys of tables: short, printable, no NUL. UUIDs here, but CloudEvents lets others choose.
const identifier = z.string().regex(/^[\x21-\x7e]{1,128}$/)

/** The part of the envelope that a reader relies on, as it must look on both ways. */
export const stampSchema = z.object({
  id: identifier,
  time: z.iso.datetime({ offset: true }),
  correlationId: identifier,
  causationId: identifier.optional(),
  sequence: z.int().positive(),
  // Telemetry never decides whether an event is handled.
  traceparent: z
    .string()
    .regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
    .catch(''),
})

export const isIdentifier = (text: string | undefined): text is string => identifier.safeParse(text).success

export const isOrderId = (text: unknown): text is string => OrderId.safeParse(text).success

const LONGEST_MESSAGE = 500

/** Why a schema refused, in field names and expectations; zod quotes no received value. Cut, since a record can be wrong in 100,000 places. */
export function describeIssues(error: z.ZodError): { message: string; path: string } {
  const reasons = error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.') || 'data'}: ${message}`)
  return { message: reasons.join('; ').replaceAll('\0', '').slice(0, LONGEST_MESSAGE), path: error.issues[0]?.path.join('.') ?? '' }
}
