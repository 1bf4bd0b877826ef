import { contractsByType, mask, topics } from '@quadrille/contracts'
import { createReader, readTopics, serviceNames, type TopicRecord } from '@quadrille/testing'
import type { Stack } from '../stack/stack.ts'

/** A customer and a card whose traces are easy to find. The customer's id is no secret inside an event; what else it is in, is. */
export const canary = {
  customer: 'canary-ada-lovelace',
  token: 'tok_canary_card',
  /** A card that the provider does not know. */
  unknownToken: 'tok_canary_stolen',
} as const

const ANY = /canary/i
const PERSONAL = /canary-ada-lovelace@|tok_canary/i

/** Where a canary sings that should not: in logs, in metrics, in what was exported, or in dead letters beside what their contract marks as personal. */
export async function singing(stack: Stack, told: { readonly lines: readonly string[]; readonly bodies: readonly string[] }) {
  const expositions = await Promise.all(serviceNames.map(async (name) => (await fetch(`${stack.urls[name]}/metrics`)).text()))
  const letters = await deadLettersOf(stack)
  return {
    letters: letters.length,
    found: [
      ...told.lines.filter((line) => ANY.test(line)),
      ...told.bodies.filter((body) => ANY.test(body)).map((body) => body.slice(0, 500)),
      ...expositions.flatMap((text) => text.split('\n').filter((line) => ANY.test(line))),
      ...letters.flatMap(({ headers }) =>
        Object.entries(headers)
          .filter((header) => ANY.test(String(header)))
          .map(String),
      ),
      ...letters.map(maskedValue).filter((value) => PERSONAL.test(value)),
    ],
  }
}

const deadLettersOf = ({ targets }: Stack) =>
  readTopics(
    createReader(targets),
    topics.map(({ name }) => name).filter((name) => name.endsWith('.dlq')),
  )

/** What every screen and API shows of it. */
function maskedValue({ value, headers }: TopicRecord) {
  const contract = contractsByType.get(String(headers.ce_type).replace(/\.v\d+$/, ''))
  return contract ? JSON.stringify(mask(contract, JSON.parse(value ?? 'null'))) : String(value)
}
