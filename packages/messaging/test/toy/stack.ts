import { withClient } from '@quadrille/testing'
import type { Pool } from 'pg'
import { createSetStore, createStamp, type SetRunner, uuidv7 } from '../../src/index.ts'
import { readsOf, toInput } from '../../src/reads.ts'
import { runtimeTables } from '../runtime-tables.ts'
import { type Toy, toy, toyTables } from './toy.ts'
import { unrecorded } from './unrecorded.ts'

/** The runtime's tables, and the toy's own. */
export async function migrateToy(url: string) {
  const runtime = await runtimeTables()
  await withClient(url, async (client) => {
    await client.query(runtime)
    await client.query(toyTables)
  })
}

export function toyRunner(pool: Pool): SetRunner<Toy, unknown> {
  const reads = readsOf(toy)
  return {
    service: toy,
    store: createSetStore<Toy, unknown>(pool, toy),
    stamp: createStamp(toy, uuidv7, () => unrecorded),
    read: (message) => toInput(reads, message),
    newId: uuidv7,
  }
}
