import { backoff, describeError, type Pause, type Trx } from '@quadrille/messaging'
import { type Logger, migrate } from '@quadrille/service-kit'
import type { createHealth } from './health.ts'
import { prune } from './look.ts'

const MIGRATIONS = new URL('../migrations/', import.meta.url)
const KEPT_DAYS = 30
const BATCH = 500
const REST_MS = 500

export interface Upkeep {
  readonly url: string
  readonly trx: Trx
  readonly log: Pick<Logger, 'warn'>
  readonly health: Pick<ReturnType<typeof createHealth>, 'told'>
  readonly pause: Pause
  readonly ending: AbortSignal
}

/** Tries until there is a database and it is up to date, or ending; true: it is. A database that is not made yet may be made any time. */
export async function migrated({ url, health, pause, ending }: Omit<Upkeep, 'trx' | 'log'>): Promise<boolean> {
  for (let attempt = 1; !ending.aborted; attempt++) {
    try {
      await migrate(url, MIGRATIONS, { readsOnly: true, deadlineMs: 0 })
      health.told('database', undefined)
      return true
    } catch (error) {
      health.told('database', `its database is not usable: ${describeError(error)}`)
      await pause(backoff(attempt, { from: 250, to: 5_000 }), ending).catch(() => undefined)
    }
  }
  return false
}

/** Forgets old orders now and then, until ending. */
export async function pruneOften({ trx, log, pause, ending }: Omit<Upkeep, 'url' | 'health'>, everyMs: number): Promise<void> {
  while (!ending.aborted) {
    await pause(everyMs, ending).catch(() => undefined)
    if (!ending.aborted) await pruned().catch((error) => log.warn({ err: error }, 'old orders could not be removed'))
  }

  /** In small batches, and mostly at rest: nobody waits for this. */
  async function pruned() {
    while (!ending.aborted && (await prune(trx, KEPT_DAYS, BATCH)) > 0) await pause(REST_MS, ending).catch(() => undefined)
  }
}
