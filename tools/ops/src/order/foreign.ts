import { contractsByType } from '@quadrille/contracts'
import { type Service, services } from '../addresses.ts'
import type { OrderRecord } from '../answers.ts'
import { emissionOf } from './emission.ts'

interface Known {
  readonly records: ReadonlyMap<Service, OrderRecord>
  /** Nobody has the order: all that is known of it is such a record. */
  readonly isUnknown: boolean
}

const OF_LETTER = /^waits for an operator: its \S+ became dead letter (\d+) /
const USUAL_REMEDY = '; repair the cause and redrive it, or discard it'

/** What a service says of a letter; where no outbox has its record, what that means comes first: a redrive would never help. */
export function withOrigin(service: Service, why: string, { records, isUnknown }: Known): string {
  const letter = records.get(service)?.letters.find(({ id }) => id === OF_LETTER.exec(why)?.[1])
  const type = letter?.type
  const emitter = services.find((name) => name === contractsByType.get(type ?? '')?.emitter)
  if (!letter || !type || !emitter || emissionOf(letter.eventId, emitter, records) !== 'never') return why
  const genuine = records.get(emitter)?.emitted.some((event) => event.type === type) ?? false
  const then = genuine ? ', and do not cancel the order' : isUnknown ? '; no order is lost with it' : ', then see whether the order goes on'
  const became = why.slice(why.indexOf('became dead letter')).replace(USUAL_REMEDY, '')
  return `waits for an operator: a ${genuine ? 'second ' : ''}${type} came from no outbox: discard it at every reader${then}. It ${became}`
}
