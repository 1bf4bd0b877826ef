import { contractsByType, decode, maskBytes } from '@quadrille/contracts'
import { claimedType, type DeadLetter } from '@quadrille/messaging'
import { z } from 'zod'
import { jsonOf, LetterView, letterView, utf8Text } from './letter-view.ts'

const Behind = z.object({ id: z.string(), eventId: z.string(), type: z.string().nullable() })

/** All there is to know of a dead letter. */
export const LetterDetails = LetterView.extend({
  text: z.string().nullable().meta({ description: 'The value as text, masked; null where it is none' }),
  hex: z
    .string()
    .nullable()
    .meta({ description: 'The first 4 kB of a value that is no JSON, without what looks like an e-mail address or a payment token' }),
  problems: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .meta({ description: 'What breaks the contract; empty where the record is sound and its handler is not' }),
  behind: z.array(Behind).meta({ description: 'Later events of the order, which wait for this one' }),
})
export type LetterDetails = z.output<typeof LetterDetails>

export function letterDetails(letter: DeadLetter, behind: readonly DeadLetter[]): LetterDetails {
  const view = letterView(letter)
  return {
    ...view,
    ...bytesOf(letter, view.value),
    problems: letter.origin === 'event' ? problemsOf(letter) : [],
    behind: behind.map(({ id, eventId, message }) => ({ id, eventId, type: claimedType(message) })),
  }
}

const MOST_BYTES = 4_096

/** What is JSON is shown as it was masked, and as nothing else. */
function bytesOf({ message: { value } }: DeadLetter, masked: unknown): Pick<LetterDetails, 'text' | 'hex'> {
  if (value === null) return { text: null, hex: null }
  if (jsonOf(value) !== undefined) return { text: JSON.stringify(masked, null, 2), hex: null }
  const shown = maskBytes(value)
  return { text: utf8Text(shown)?.slice(0, MOST_BYTES) ?? null, hex: shown.subarray(0, MOST_BYTES).toString('hex') }
}

/** Every field that is at fault; the reasons name expectations, never values. */
function problemsOf({ message }: DeadLetter): LetterDetails['problems'] {
  const decoded = decode(contractsByType, message)
  if (decoded.kind !== 'invalid') return []
  const contract = contractsByType.get(claimedType(message) ?? '')
  const checked = decoded.code === 'CONTRACT_DATA' && message.value ? contract?.schema.safeParse(jsonOf(message.value)) : undefined
  if (checked?.error) return checked.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  return [{ path: decoded.path ?? '', message: decoded.message }]
}
