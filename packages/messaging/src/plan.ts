import { isConsumed, type Step } from './fold.ts'
import { type AnyInput, attemptOf, type EventInput, type InvalidInput, type Letter, type Message, type RedriveInput } from './input.ts'

/** What a set will fold, and what it does to parked rows besides. Every open letter is planned at most once. */
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

/**
 * Turns a set's inputs into the steps to fold. What may free an order comes first (redrives, then outcomes of its refused
 * effects), so that its later events in the same set run instead of waiting behind nothing.
 */
export function plan(inputs: readonly AnyInput[], letters: readonly Letter[], read: ReadMessage): Plan {
  const redrives = inputs.filter((input) => input.kind === 'redrive')
  const discards = discardsOf(redrives, letters)
  const open = letters.filter(({ id }) => !discards.has(id))
  const discarded = [...discards].map(([id, reason]) => ({ id, reason }))
  const planned: Plan = { steps: [], due: [], discarded, unread: [], effectLetters: effectLettersOf(open) }
  planRedrives(planned, redrives, letters, open, read)
  planOthers(planned, inputs, open, read)
  return planned
}

const isAboutEffect = (input: AnyInput) => input.kind === 'outcome' || input.kind === 'refusal'

const discardsOf = (redrives: readonly RedriveInput[], letters: readonly Letter[]) =>
  new Map(
    redrives.flatMap(({ discard }) => {
      const isOpen = letters.some(({ id }) => id === discard?.letterId)
      return discard && isOpen ? [[discard.letterId, discard.reason] as const] : []
    }),
  )

const effectLettersOf = (letters: readonly Letter[]) =>
  new Map(letters.flatMap((letter) => (letter.effectKey === null ? [] : [[letter.effectKey, letter] as const])))

/** An order once, however many redrives and discards name it. While a refused effect holds it, that is tried again and the events wait on. */
function planRedrives(
  planned: Plan,
  redrives: readonly RedriveInput[],
  letters: readonly Letter[],
  open: readonly Letter[],
  read: ReadMessage,
) {
  const live = redrives.filter(({ discard }) => !discard || letters.some(({ id }) => id === discard.letterId))
  for (const orderId of new Set(live.flatMap((redrive) => redrive.orderId ?? []))) {
    const left = open.filter((letter) => letter.orderId === orderId)
    const refused = left.flatMap((letter) => letter.effectKey ?? [])
    if (refused.length === 0) planLetters(planned, orderId, left, read)
    else if (live.some((redrive) => redrive.orderId === orderId && !redrive.discard)) planned.due.push(...refused)
  }
  const keyless = new Set(live.flatMap((redrive) => (redrive.orderId === null ? (redrive.letterId ?? []) : [])))
  planLetters(
    planned,
    null,
    open.filter(({ id }) => keyless.has(id)),
    read,
  )
}

function planOthers(planned: Plan, inputs: readonly AnyInput[], open: readonly Letter[], read: ReadMessage) {
  const steps = inputs.filter((input) => input.kind !== 'redrive')
  const awaited = steps.filter((step) => step.kind === 'outcome' && planned.effectLetters.has(step.effect.key))
  planned.steps.push(...awaited)
  for (const orderId of new Set(awaited.map((outcome) => outcome.orderId))) {
    const keys = awaited.flatMap((step) => (step.kind === 'outcome' && step.orderId === orderId ? [step.effect.key] : []))
    const left = open.filter((letter) => letter.orderId === orderId && !keys.includes(letter.effectKey ?? ''))
    if (left.every(({ effectKey }) => effectKey === null)) planLetters(planned, orderId, left, read, keys)
  }
  planned.steps.push(...steps.filter((step) => !awaited.includes(step)))
}

function planLetters(
  planned: Plan,
  orderId: string | null,
  letters: readonly Letter[],
  read: ReadMessage,
  onlyAfter: readonly string[] = [],
) {
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
    if (step.kind === 'outcome' || step.kind === 'refusal') return leased.delete(attemptOf(step.effect))
    return !isConsumed(step) || step.letter !== undefined || fresh.delete(step.id)
  })
}
