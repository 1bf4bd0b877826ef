import type { Service } from '../addresses.ts'
import type { OrderRecord } from '../answers.ts'

export type Emission = 'emitted' | 'never' | 'unknown'

/** Whether a service ever emitted that event for the order, as the outboxes tell. */
export function emissionOf(eventId: string, emitter: Service, records: ReadonlyMap<Service, OrderRecord>): Emission {
  const all = [...records.values()].flatMap(({ emitted }) => emitted)
  if (all.some((event) => event.eventId === eventId)) return 'emitted'
  const record = records.get(emitter)
  // Retention forgets rows, and replay may send one on its last day; how many there were is never forgotten.
  return record && record.emitted.length >= record.sequence ? 'never' : 'unknown'
}
