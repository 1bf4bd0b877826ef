import type { EffectStore, StartedEffect } from '@quadrille/messaging'
import type { MemoryDatabase } from './database.ts'
import type { Life } from './scheduler.ts'
import { present } from './set-store.ts'
import type { MemoryEffect } from './tables.ts'

/** The runner's side of the effects table. Every call is a transaction of its own. */
export function createMemoryEffectStore(database: MemoryDatabase, life: Life): EffectStore {
  const { tables, now, locks } = database
  const isDue = ({ key, status, runAt, leasedUntil }: MemoryEffect) =>
    status === 'due' && runAt <= now() && (leasedUntil === null || leasedUntil < now()) && locks.isFree(`effect ${key}`)

  const due = (except: readonly string[]) => [...tables.effects.values()].filter((effect) => isDue(effect) && !except.includes(effect.key))

  return {
    claim: (limit, leaseMs, except) =>
      database.poll(
        life,
        () =>
          due(except)
            .slice(0, limit)
            .map((effect) => lease(database, effect, now() + leaseMs)),
        () => due(except).length === 0,
      ),
    start: (attempts) =>
      changeHeld(database, life, attempts, (effect) => {
        effect.begun = true
      }),
    renew: (held, leaseMs) =>
      changeHeld(database, life, held, (effect) => {
        effect.leasedUntil = now() + leaseMs
      }),
    retry: async ({ key, attempt, error, delayMs }) => {
      await changeHeld(database, life, [{ key, attempt }], (effect) =>
        Object.assign(effect, { runAt: now() + delayMs, leasedUntil: null, lastError: error }),
      )
    },
    load: (orderIds) => database.execute(life, () => present(tables.states, orderIds)),
  }
}

function lease({ faults }: Pick<MemoryDatabase, 'faults'>, effect: MemoryEffect, until: number): StartedEffect {
  if (effect.leasedUntil !== null) faults.note('effectTakeover')
  effect.attempts += 1
  effect.leasedUntil = until
  return started(effect)
}

/** An update waits for whoever holds the row, and then looks again whether the row is still meant. */
function changeHeld(
  database: Pick<MemoryDatabase, 'transact' | 'tables'>,
  life: Life,
  held: readonly { key: string; attempt: number }[],
  change: (effect: MemoryEffect) => void,
): Promise<Set<string>> {
  return database.transact(life, async (trx) => {
    const still = await trx.statement(async () => {
      for (const key of held.map((one) => one.key).sort()) await trx.lock(`effect ${key}`)
      return held.filter(
        ({ key, attempt }) => database.tables.effects.get(key)?.attempts === attempt && database.tables.effects.get(key)?.status === 'due',
      )
    })
    for (const { key } of still) trx.write(() => change(database.tables.effects.get(key)!))
    await trx.commit()
    return new Set(still.map(({ key }) => key))
  })
}

const started = ({ key, kind, orderId, payload, attempts, begun, cause }: MemoryEffect): StartedEffect => ({
  key,
  kind,
  orderId,
  payload,
  attempt: attempts,
  again: begun,
  cause,
})
