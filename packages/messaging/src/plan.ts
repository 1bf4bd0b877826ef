import { isConsumed, type Step } from './fold.ts'
import type { AnyInput, EventInput, InvalidInput, Letter, Message, OutcomeInput, RedriveInput, RefusalInput } from './input.ts'

/** What a set will fold, and what it does to parked rows besides. */
export interface Plan {
  readonly steps: Step[]
  /** Refused effects that become due again. */
  readonly due: string[]
  readonly discarded: { id: string; reason: string }[]
  /** Letters of a type that this service no longer reads: a redrive has nothing to do with them. */
  readonly unread: string[]
  /** The open letter of an effect, by the effect's key: its outcome closes it. */
  readonly effectLetters: ReadonlyMap<string, Letter>
}

export type ReadMessage = (message: Message) => EventInput | InvalidInput | null

/** Which orders of a set need their open letters read: those that a redrive names, and parked ones with news of an effect. */
export function needLetters(inputs: readonly AnyInput[], parked: ReadonlySet<string>): string[] {
  const concerned = inputs.filter((input) => input.kind === 'redrive' || (isAboutEffect(input) && parked.has(input.orderId)))
  return [...new Set(concerned.flatMap((input) => input.orderId ?? []))]
}

/** Turns a set's inputs into the steps to fold: redrives first, so that later events of a freed order run in the same set. */
export function plan(inputs: readonly AnyInput[], letters: readonly Letter[], read: ReadMessage): Plan {
  const planned: Plan = { steps: [], due: [], discarded: [], unread: [], effectLetters: effectLettersOf(letters) }
  for (const input of inputs) if (input.kind === 'redrive') planRedrive(planned, input, letters, read)
  for (const input of inputs) {
    if (input.kind === 'redrive') continue
    planned.steps.push(input)
    if (input.kind === 'outcome' && planned.effectLetters.has(input.effect.key)) planFreedBy(planned, input, letters, read)
  }
  return planned
}

const isAboutEffect = (input: AnyInput): input is OutcomeInput | RefusalInput => input.kind === 'outcome' || input.kind === 'refusal'

const effectLettersOf = (letters: readonly Letter[]) =>
  new Map(letters.flatMap((letter) => (letter.effectKey === null ? [] : [[letter.effectKey, letter] as const])))

function planRedrive(planned: Plan, input: RedriveInput, letters: readonly Letter[], read: ReadMessage) {
  const { orderId, discard } = input
  const open = letters.filter((letter) =>
    orderId === null ? letter.id === (discard?.letterId ?? input.letterId) : letter.orderId === orderId,
  )
  const dropped = open.find((letter) => letter.id === discard?.letterId)
  if (discard && !dropped) return
  if (discard && dropped) planned.discarded.push({ id: dropped.id, reason: discard.reason })
  const left = open.filter((letter) => letter !== dropped)
  const refused = left.flatMap((letter) => letter.effectKey ?? [])
  if (refused.length === 0) planLetters(planned, orderId, left, read)
  else if (!discard) planned.due.push(...refused)
}

/** The outcome of a refused effect frees its order, unless another refused effect still holds it. */
function planFreedBy(planned: Plan, { orderId, effect }: OutcomeInput, letters: readonly Letter[], read: ReadMessage) {
  const left = letters.filter((letter) => letter.orderId === orderId && letter.effectKey !== effect.key)
  if (left.every((letter) => letter.effectKey === null)) planLetters(planned, orderId, left, read, effect.key)
}

function planLetters(planned: Plan, orderId: string | null, letters: readonly Letter[], read: ReadMessage, onlyAfter?: string) {
  if (orderId !== null) planned.steps.push({ kind: 'unpark', orderId, onlyAfter })
  for (const letter of letters) {
    const input = read(letter.message)
    if (input) planned.steps.push({ ...input, letter })
    else planned.unread.push(letter.id)
  }
}

/** Leaves out what must not be folded: duplicates, also within the set, and outcomes whose lease is no longer held. */
export function onlyTaken(steps: readonly Step[], claimed: ReadonlySet<string>, held: ReadonlySet<string>): Step[] {
  const fresh = new Set(claimed)
  const leased = new Set(held)
  return steps.filter((step) => {
    if (step.kind === 'outcome' || step.kind === 'refusal') return leased.delete(step.effect.key)
    return !isConsumed(step) || step.letter !== undefined || fresh.delete(step.id)
  })
}
