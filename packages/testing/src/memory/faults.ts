import type { Chance } from './chance.ts'

/** How likely each mishap is, each time it could happen. */
export interface Mishaps {
  /** The connection to the database breaks at a statement: the transaction is rolled back. */
  readonly statement: number
  /** It breaks at COMMIT, after it was done: the client believes it failed. */
  readonly commit: number
  /** Kafka cannot be reached: nothing, or only a part, is written. */
  readonly send: number
  /** Kafka wrote everything, and its acknowledgement is lost. */
  readonly acknowledgement: number
  /** A partition rests for a while before it is fetched again. */
  readonly delay: number
}

/** For a while nobody can reach it: `kafka`, or the database of a service, by the service's name. */
export interface Outage {
  readonly of: string
  readonly fromMs: number
  readonly untilMs: number
}

/** Decides on mishaps, until they are over, and counts whatever bit: a history in which nothing happened proves nothing. */
export interface Faults {
  strikes(kind: keyof Mishaps): boolean
  isDown(what: string): boolean
  /** Something befell the system, or the system withstood something. */
  note(bite: string): void
  readonly bites: Readonly<Record<string, number>>
  /** From here on the environment is well. */
  end(): void
}

export interface FaultsOptions {
  readonly mishaps?: Mishaps
  readonly outages?: readonly Outage[]
  readonly now?: () => number
}

export const noMishaps: Mishaps = { statement: 0, commit: 0, send: 0, acknowledgement: 0, delay: 0 }

export function createFaults(chance: Chance, { mishaps = noMishaps, outages = [], now = () => 0 }: FaultsOptions = {}): Faults {
  const bites: Record<string, number> = {}
  let over = false

  function note(bite: string) {
    bites[bite] = (bites[bite] ?? 0) + 1
  }

  return {
    bites,
    note,
    strikes(kind) {
      const hit = !over && mishaps[kind] > 0 && chance.happens(mishaps[kind])
      if (hit) note(kind)
      return hit
    },
    isDown(what) {
      const down = !over && outages.some(({ of, fromMs, untilMs }) => of === what && fromMs <= now() && now() < untilMs)
      if (down) note(what === 'kafka' ? 'brokerDown' : 'databaseDown')
      return down
    },
    end() {
      over = true
    },
  }
}

/** As node-postgres reports a connection that broke. */
export const connectionLost = () => Object.assign(new Error('connection to the database lost'), { code: '08006' })
