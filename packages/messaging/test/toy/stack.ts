import { withClient } from '@quadrille/testing'
import type { Pool } from 'pg'
import {
  type Collector,
  createEffectRunner,
  createEffectStore,
  createSetStore,
  createStamp,
  type EffectRunner,
  type SetRunner,
  uuidv7,
} from '../../src/index.ts'
import { readsOf, toInput } from '../../src/reads.ts'
import { pause } from '../../src/waker.ts'
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

/** A runner of the toy's effects, as a process of its own would have it; `ring` is its provider. */
export function startRinging(
  pool: Pool,
  collector: Collector,
  ring: (orderId: string, again: boolean) => Promise<string>,
  leaseMs?: number,
): EffectRunner {
  const runner = createEffectRunner({
    service: toy,
    store: createEffectStore(pool, toy.store),
    world: { ring },
    collector,
    instruments: { effect: () => unrecorded, retried: () => undefined },
    onError: () => undefined,
    pause,
    leaseMs,
    pollMs: 20,
  })
  runner.start()
  return runner
}
