import { type Background, createBackground, type Turns } from './background.ts'
import type { OutboxStore } from './outbox.ts'
import type { Pause } from './waker.ts'

export interface LeaseOptions {
  readonly store: Pick<OutboxStore, 'acquire' | 'release'>
  readonly owner: string
  readonly leaseMs: number
  readonly renewMs: number
  readonly now: () => number
  readonly pause: Pause
  readonly onChange: (held: boolean, term: string | undefined) => void
  readonly onError: (error: unknown, what: string) => void
}

/** The right to be the one active relay, for a while. */
export interface Lease extends Background {
  readonly held: boolean
}

const STANDBY_MS = 500
// Of 10 s the holder trusts itself for 8: the database's clock may run a little faster than ours.
const TRUSTED_SHARE = 0.8

/** Takes the lease, renews it, gives it back. Counted from before each attempt, so that a slow answer or a frozen process only shortens it. */
export function createLease({ store, owner, leaseMs, renewMs, now, pause, onChange, onError }: LeaseOptions): Lease {
  let trustedUntil = Number.NEGATIVE_INFINITY
  let told = false
  const held = () => now() < trustedUntil

  async function attempt() {
    const started = now()
    const lease = await store.acquire(owner, leaseMs)
    trustedUntil = lease ? started + leaseMs * TRUSTED_SHARE : Number.NEGATIVE_INFINITY
    tell(lease?.term)
  }

  function tell(term?: string) {
    if (held() === told) return
    told = held()
    onChange(told, term)
  }

  async function keep({ running, rest }: Turns) {
    while (running()) {
      await attempt().catch((error) => onError(error, 'the lease could not be renewed'))
      tell()
      await rest(held() ? renewMs : STANDBY_MS)
    }
  }

  const { start, stop } = createBackground(pause, keep)

  return {
    get held() {
      return held()
    },
    start,
    async stop() {
      await stop()
      trustedUntil = Number.NEGATIVE_INFINITY
      await store.release(owner).catch((error) => onError(error, 'the lease could not be given back'))
    },
  }
}
