import { HEADERS, headerOf } from '@quadrille/contracts'
import type { Pool } from 'pg'
import type { EventInput } from '../input.ts'

const journaled = Object.values(HEADERS)

/** What a timeline keeps of an event beside its claim. Only the envelope's headers: a stranger's may hold bytes that no column takes. */
export const journalEntry = ({ message }: EventInput) => ({
  headers: JSON.stringify(knownHeaders(message)),
  payload: message.value?.toString() ?? null,
})

const knownHeaders = (message: EventInput['message']) =>
  Object.fromEntries(journaled.map((name) => [name, headerOf(message, name)?.replaceAll('\u0000', '')]))

/** Writes the journal of claimed events anew, from their records. An event that nobody has claimed is not claimed by this. */
export async function rewriteJournal(pool: Pool, consumer: string, inputs: readonly EventInput[]): Promise<void> {
  const entries = inputs.map(journalEntry)
  await pool.query(
    `with held as (
       select p.consumer, p.event_id, e.headers, e.payload
       from unnest($2::text[], $3::jsonb[], $4::text[]) as e (event_id, headers, payload)
       join processed_events p on p.consumer = $1 and p.event_id = e.event_id
       where p.payload is distinct from e.payload or p.headers is distinct from e.headers
       order by p.event_id for update of p
     )
     update processed_events p set headers = held.headers, payload = held.payload
     from held where p.consumer = held.consumer and p.event_id = held.event_id`,
    [consumer, inputs.map(({ id }) => id), entries.map(({ headers }) => headers), entries.map(({ payload }) => payload)],
  )
}
