import type { Laboratory } from './laboratory.ts'
import type { Load } from './load.ts'
import type { Kind } from './servers.ts'
import type { Verdict } from './verdict.ts'

/** A fault, and what is promised about it: a line of docs/reliability.md. */
export interface Row {
  readonly row: number
  readonly fault: string
  readonly promise: string
  /** Hook, proxy, signal or mutant: what makes it happen, or shows that the test would notice. */
  readonly by: string
  /** Taken by every run of continuous integration; the rest by `pnpm scenarios`. */
  readonly ci?: boolean
}

export interface Proof {
  readonly file: string
  readonly test: string
}

/** Tests elsewhere that prove it. */
export interface ProvedRow extends Row {
  readonly proofs: readonly Proof[]
}

/** The whole system, under load, in the laboratory. */
export interface LabRow extends Row {
  /** Another laboratory than the usual one. */
  readonly kind?: Kind
  /** Absent: everywhere. */
  readonly possible?: () => boolean
  /** Tests that prove the rest. */
  readonly proofs?: readonly Proof[]
  /** With these last words a process may end by itself, to be started again; any other end is a failure. */
  readonly mayEnd?: RegExp
  /** Makes the fault happen, and mends it. */
  run(trial: Trial): Promise<void>
  /** What must be seen besides; gives problems. */
  check?(verdict: Verdict, before: Verdict | undefined): string[]
}

/** What a row has at hand: the laboratory, its load, and chance by the seed. */
export interface Trial extends Laboratory {
  readonly load: Load
  readonly random: () => number
  /** Time does not matter: every variant, rather than some. */
  readonly thorough: boolean
  /** Counts what a fault did. One that did nothing fails the run. */
  bit(what: string, times?: number): void
  /** Lets a fault last. */
  last(ms: number): Promise<void>
}
