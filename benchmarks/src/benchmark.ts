import type { World } from './world.ts'

/** One goal, measured side by side: pnpm bench <name>. */
export interface Benchmark {
  /** What is typed: `relay`. */
  readonly name: string
  /** The goal it answers: `P2`. */
  readonly goal: string
  readonly title: string
  /** Every side, in words, in the order in which they are measured: neighbours see the same machine. */
  readonly sides: Readonly<Record<string, string>>
  /** The unit of each figure; the first is the one that is shown while it runs. */
  readonly figures: Readonly<Record<string, string>>
  readonly comparisons: readonly Comparison[]
  /** The sides of `--quick`; without them it is left out there. */
  readonly quick?: readonly string[]
  /** Sides of which half the rounds will do: they differ from others by so much that nobody doubts it. */
  readonly seldom?: readonly string[]
  /** Slots of each side that do not count, where one is too few for a compiler to know what is hot; `--quick` has one. */
  readonly warmUps?: number
  /** How much longer or shorter than others its slots are. */
  readonly slotFactor?: number
  /** Its share of all minutes, if not the usual one: no round begins later, whatever it took to set up. */
  readonly minutes?: number
  open(world: World, sides: readonly string[]): Promise<Session>
}

/** What each side is, in words, where more is known of it. */
export const wordsOf = (sides: Readonly<Record<string, { readonly words: string }>>): Benchmark['sides'] =>
  Object.fromEntries(Object.entries(sides).map(([name, { words }]) => [name, words]))

/** A ratio of two sides, taken round by round. */
export interface Comparison {
  readonly name: string
  readonly of: string
  /** Without it the figure itself is what has to reach the limits. */
  readonly to?: string
  /** `rate` unless set. */
  readonly figure?: string
  /** Up: the more the better, as of rates. Down: the less, as of times and memory. */
  readonly aims: 'up' | 'down'
  readonly must?: number
  readonly stretch?: number
  /** What `--quick` fails beyond: wide, since its slots are few and short. */
  readonly gate?: number
  /** What the choice costs, in a sentence, for the table that teaches. */
  readonly lesson?: string
}

/** A benchmark that is set up. */
export interface Session {
  /** What both sides were asserted to run with, printed and kept. */
  readonly conditions: Readonly<Record<string, string | number | boolean>>
  /** Whose processor time is told beside a side's figures: process ids by name. */
  processes(side: string): Readonly<Record<string, number>>
  /** Before the clock runs. */
  prepare?(side: string, slotMs: number): Promise<void>
  measure(side: string, slotMs: number): Promise<Reading>
  /** After the clock: what was promised, and what there is. */
  check(side: string): Promise<readonly LedgerLine[]>
  close(): Promise<void>
}

export interface Reading {
  readonly figures: Readonly<Record<string, number>>
  /** What was done, to share processor time among: events, orders. */
  readonly done?: number
  /** HdrHistograms, compressed, kept as they are. */
  readonly histograms?: Readonly<Record<string, string>>
  readonly notes?: Readonly<Record<string, number | string>>
}

/** Something that must agree, or the run shows no speed. */
export interface LedgerLine {
  readonly what: string
  readonly expected: number
  readonly found: number
}
