import { withClient } from '@quadrille/testing/servers'

export interface RelaysOptions {
  /** Nothing where there is no such service. */
  readonly databaseOf: (service: string) => string | undefined
  readonly leaseMs?: number
  readonly renewMs?: number
}

/** A relay that can be told to send nothing. */
export interface StoppableRelay {
  /** Resolves when the lease is taken; rejects where the database does not answer. */
  hold(): Promise<void>
  release(): Promise<void>
}

/** Shown as the holder of the lease. */
export const HOLDER = 'break-it'

// As another relay would ask for it, but whoever has it: that one finds out when it renews, after 3 s at most, and stands by.
const TAKE = `
  update outbox_lease
  set owner = $1, term = term + (owner is distinct from $1)::int, lease_until = now() + $2 * interval '1 ms'`

const GIVE_BACK = `update outbox_lease set owner = null, lease_until = '-infinity' where owner = $1`

/**
 * Stops a service's relay as another one would: holds its lease, and sends nothing. So no service needs a switch for it, and where
 * nobody renews the lease any more, since the demo was killed, it runs out, and the service's own relay takes it again.
 */
export function createRelays({ databaseOf, leaseMs = 10_000, renewMs = 3_000 }: RelaysOptions) {
  const relays = new Map<string, StoppableRelay>()
  return (service: string): StoppableRelay | undefined => {
    const url = databaseOf(service)
    if (url !== undefined && !relays.has(service)) relays.set(service, createStoppable(url, leaseMs, renewMs))
    return relays.get(service)
  }
}

function createStoppable(url: string, leaseMs: number, renewMs: number): StoppableRelay {
  const query = (text: string, values: unknown[]) => withClient(url, (client) => client.query(text, values))
  let renewing: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()

  /** One after another: none is left over that would take it once it was given back. */
  function take(): Promise<unknown> {
    last = last.catch(() => {}).then(() => query(TAKE, [HOLDER, leaseMs]))
    return last
  }
  return {
    async hold() {
      await take()
      clearInterval(renewing)
      renewing = setInterval(() => void take().catch(() => {}), renewMs).unref()
    },
    async release() {
      clearInterval(renewing)
      await last.catch(() => {})
      await query(GIVE_BACK, [HOLDER]).catch(() => {}) // then it runs out
    },
  }
}
