import { type Background, createBackground, type Turns } from './background.ts'
import type { Backlog, OutboxStore } from './outbox.ts'
import type { DeadLetters, ParkedCount } from './postgres/dead-letters.ts'
import type { EffectCount } from './postgres/effect-counts.ts'
import type { Pause } from './waker.ts'

/** The figures that gauges, readiness and the backlog limit read: asked once a second, not once a request. */
export interface Vitals extends Background {
  readonly backlog: Backlog
  readonly parked: ParkedCount
  readonly effects: readonly EffectCount[]
}

interface VitalsOptions {
  readonly outbox: Pick<OutboxStore, 'backlog'>
  readonly deadLetters: Pick<DeadLetters, 'count'>
  readonly countEffects: () => Promise<readonly EffectCount[]>
  readonly pause: Pause
  readonly onError: (error: unknown, what: string) => void
  readonly everyMs?: number
}

export function createVitals({ outbox, deadLetters, countEffects, pause, onError, everyMs = 1_000 }: VitalsOptions): Vitals {
  let backlog: Backlog = { unsent: 0, oldestAgeMs: 0, parked: 0 }
  let parked: ParkedCount = { open: 0, keys: 0, codes: new Map() }
  let effects: readonly EffectCount[] = []
  let looked = performance.now()

  async function look() {
    backlog = await outbox.backlog()
    looked = performance.now()
    parked = await deadLetters.count()
    effects = await countEffects()
  }

  /** What cannot be counted grows old all the same: the age goes on, and with it the limit that stops the intake. */
  function miss(error: unknown, sinceMs: number) {
    if (backlog.unsent > 0) backlog = { ...backlog, oldestAgeMs: Math.max(backlog.oldestAgeMs, sinceMs) }
    onError(error, 'backlog, parked events and effects could not be counted')
  }

  async function run({ running, rest }: Turns) {
    while (running()) {
      const started = performance.now()
      await look().catch((error) => miss(error, started - looked))
      // Counting a backlog of millions takes seconds: at most a tenth of the time is spent on it.
      await rest(Math.max(everyMs, 10 * (performance.now() - started)))
    }
  }

  return {
    get backlog() {
      return backlog
    },
    get parked() {
      return parked
    },
    get effects() {
      return effects
    },
    ...createBackground(pause, run),
  }
}
