// What Break it answers. Types alone, for the page too.
import type { ServiceName } from '../api-types.ts'

/** What can be broken on purpose. */
export type FaultId =
  | 'psp-down'
  | 'psp-declines'
  | 'psp-slow'
  | 'mail-down'
  | 'mail-loses'
  | 'pause'
  | 'poison'
  | 'twice'
  | 'kill'
  | 'freeze'
  | 'relay'
  | 'kafka-stop'

export interface Fault {
  readonly id: FaultId
  /** What stands together. */
  readonly of: string
  readonly title: string
  readonly does: string
  /** What one should see, and in which views. */
  readonly see: string
  readonly where: readonly { readonly view: string; readonly query?: Readonly<Record<string, string>>; readonly title: string }[]
  /** It undoes itself after so long, if nobody says otherwise; 0: there is nothing to undo. */
  readonly seconds: number
  /** How long it can be told to last; where that is no more than usual, nobody is asked. */
  readonly mostSeconds: number
  /** Of whom; empty where there is only one. */
  readonly targets: readonly ServiceName[]
  readonly number: { readonly label: string; readonly least: number; readonly most: number; readonly usual: number } | null
}

/** What is broken on purpose now. */
export interface Broken {
  readonly fault: FaultId
  readonly target: ServiceName | null
  readonly number: number | null
  readonly by: string
  readonly since: string
  /** Until it undoes itself; 0 while it is being undone. */
  readonly secondsLeft: number
  /** Why it could not be undone so far; it is tried again. */
  readonly failure: string | null
}

/** `GET /api/break`, and what begin and undo answer; only with BREAK_IT=true, and for operators. */
export interface BreakState {
  readonly faults: readonly Fault[]
  /** Why some faults are not there, in words. */
  readonly absent: string | null
  readonly standing: readonly Broken[]
  /** What the last of each came to, newest first. */
  readonly lately: readonly { readonly fault: FaultId; readonly target: ServiceName | null; readonly at: string; readonly words: string }[]
}
