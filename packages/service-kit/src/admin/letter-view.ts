import { contractsByType, MASK, mask, maskBytes } from '@quadrille/contracts'
import { claimedType, type DeadLetter, type Message } from '@quadrille/messaging'
import { z } from 'zod'

/** A dead letter as operators see it: everything but what is personal. */
export const LetterView = z.object({
  id: z.string(),
  orderId: z.string().nullable(),
  eventId: z.string(),
  origin: z.enum(['event', 'effect']),
  status: z.enum(['open', 'redriven', 'discarded']),
  code: z.string().meta({ description: '`WAITING`: nothing is wrong with this one, an earlier event of its order is parked' }),
  error: z.string(),
  attempts: z.int(),
  effectKey: z.string().nullable(),
  topic: z.string(),
  partition: z.int(),
  offset: z.string(),
  timestamp: z.string(),
  parkedAt: z.string(),
  endedAt: z.string().nullable(),
  endedReason: z.string().nullable(),
  key: z.string().nullable(),
  headers: z.record(z.string(), z.string()),
  value: z
    .unknown()
    .meta({ description: 'Masked data; `{hex}` where the bytes are no JSON; `{bytes}` where a list leaves out more than 64 kB; null' }),
})
export type LetterView = z.output<typeof LetterView>

export function letterView(letter: DeadLetter): LetterView {
  const { id, orderId, eventId, origin, code, error, attempts, effectKey, message, outcome, endedReason } = letter
  const { topic, partition, offset, timestamp } = message
  return {
    ...{ id, orderId, eventId, origin, code, error, attempts, effectKey, topic, partition, offset, timestamp, endedReason },
    status: outcome ?? 'open',
    parkedAt: letter.parkedAt.toISOString(),
    endedAt: letter.endedAt?.toISOString() ?? null,
    key: message.key && textOf(message.key),
    headers: Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, headerText(value)])),
    value: message.value ? shownValue(message, message.value) : letter.valueBytes > 0 ? { bytes: letter.valueBytes } : null,
  }
}

const headerText = (value: Message['headers'][string]) =>
  [value ?? []]
    .flat()
    .map((one) => textOf(Buffer.from(one)))
    .join(', ')

/** Masked by its contract. Where there is none, as for an effect's payload, every value may be personal but the order's id. */
function shownValue(message: Message, bytes: Buffer): unknown {
  const data = jsonOf(bytes)
  if (data === undefined) return { hex: hexOf(maskBytes(bytes)) }
  const contract = contractsByType.get(claimedType(message) ?? '')
  if (contract) return mask(contract, data)
  if (typeof data !== 'object' || data === null) return MASK
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, name === 'orderId' ? value : MASK]))
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

const textOf = (bytes: Buffer): string => utf8Text(bytes) ?? `hex:${hexOf(bytes)}`

export function utf8Text(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

export function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch {
    return undefined
  }
}

// Enough to see what sort of bytes came; the whole of it is in the dead letter topic.
const MOST_BYTES = 256

const hexOf = (bytes: Buffer) => bytes.subarray(0, MOST_BYTES).toString('hex') + (bytes.length > MOST_BYTES ? '…' : '')
