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

/** Decides on mishaps, until they are over, and counts them: a history in which nothing happened proves nothing. */
export interface Faults {
  strikes(kind: keyof Mishaps): boolean
  readonly struck: Record<keyof Mishaps, number>
  /** From here on the environment is well. */
  end(): void
}

export const noMishaps: Mishaps = { statement: 0, commit: 0, send: 0, acknowledgement: 0, delay: 0 }

export function createFaults(chance: Chance, mishaps: Mishaps = noMishaps): Faults {
  const struck = { statement: 0, commit: 0, send: 0, acknowledgement: 0, delay: 0 }
  let over = false
  return {
    struck,
    strikes(kind) {
      const hit = !over && mishaps[kind] > 0 && chance.happens(mishaps[kind])
      if (hit) struck[kind] += 1
      return hit
    },
    end() {
      over = true
    },
  }
}

/** As node-postgres reports a connection that broke. */
export const connectionLost = () => Object.assign(new Error('connection to the database lost'), { code: '08006' })
