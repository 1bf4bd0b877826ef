import type { Event } from '@quadrille/contracts'
import { type AnyPerformed, type Decision, type Definition, type Effect, ignore, type OrderFact, unwanted } from './definition.ts'
import { codeOf, MessageError } from './errors.ts'
import type { Cause, CommandInput, EventInput, InvalidInput, OutcomeInput, RefusalInput } from './input.ts'
import type { EnqueuedEffect, OutboxEvent } from './store.ts'

/** Frees an order, so that what is folded after it no longer waits. */
export interface Unpark {
  readonly kind: 'unpark'
  readonly orderId: string
  /** Only if the outcomes of all these effects have passed. */
  readonly onlyAfter: readonly string[]
}

export type Decidable = EventInput | InvalidInput | CommandInput | OutcomeInput | RefusalInput
export type Step = Decidable | Unpark

/** Makes the outbox row of an event: validated, with id, sequence, correlation, causation and trace context. Throws when the event breaks its contract. */
export type Stamp = (event: Event, stamp: { cause: Cause; sequence: number; now: Date }) => OutboxEvent

export interface Before<State, Shared> {
  readonly states: ReadonlyMap<string, State>
  readonly shared: ReadonlyMap<string, Shared>
  readonly sequences: ReadonlyMap<string, number>
  readonly parked: ReadonlySet<string>
  readonly now: Date
}

export interface Failure {
  readonly step: Decidable
  readonly code: string
  readonly error: Error
}

export interface Folded<State, Shared> {
  readonly states: Map<string, State>
  readonly shared: Map<string, Shared>
  readonly sequences: Map<string, number>
  readonly parked: Set<string>
  readonly changed: Set<string>
  readonly changedShared: Set<string>
  readonly events: OutboxEvent[]
  readonly effects: EnqueuedEffect[]
  readonly replies: Map<CommandInput, unknown>
  readonly passed: Decidable[]
  readonly failed: Failure[]
  readonly waiting: (EventInput | InvalidInput)[]
}

/**
 * Takes a set's inputs one after another through the service's handlers, and gathers what follows. Pure but for `stamp`.
 * An event whose handler throws parks its order: the state stays as it was, and the order's later events wait.
 */
export function fold<State, Shared>(
  service: Definition<State, Shared>,
  steps: readonly Step[],
  before: Before<State, Shared>,
  stamp: Stamp,
): Folded<State, Shared> {
  const folded = begin(before)
  for (const step of steps) {
    if (step.kind === 'unpark') unpark(folded, step)
    else if (isConsumed(step) && step.orderId !== null && folded.parked.has(step.orderId)) folded.waiting.push(step)
    else take(service, folded, step, before.now, stamp)
  }
  return folded
}

function unpark<State, Shared>(folded: Folded<State, Shared>, { orderId, onlyAfter }: Unpark) {
  const passed = new Set(folded.passed.flatMap((step) => (step.kind === 'outcome' ? [step.effect.key] : [])))
  if (onlyAfter.every((key) => passed.has(key))) folded.parked.delete(orderId)
}

/** Only consumed events wait behind a parked order: commands and outcomes are folded at once. */
export const isConsumed = (step: { kind: string }): step is EventInput | InvalidInput => step.kind === 'event' || step.kind === 'invalid'

const begin = <State, Shared>(before: Before<State, Shared>): Folded<State, Shared> => ({
  states: new Map(before.states),
  shared: new Map(before.shared),
  sequences: new Map(before.sequences),
  parked: new Set(before.parked),
  changed: new Set(),
  changedShared: new Set(),
  events: [],
  effects: [],
  replies: new Map(),
  passed: [],
  failed: [],
  waiting: [],
})

function take<State, Shared>(service: Definition<State, Shared>, folded: Folded<State, Shared>, step: Decidable, now: Date, stamp: Stamp) {
  try {
    if (step.kind === 'invalid') throw new MessageError(step.code, step.error)
    const state = folded.states.get(step.orderId) ?? service.initial(step.orderId)
    const decision = decide(service, step, state, folded.shared, now)
    apply(service, folded, step, state, decision, now, stamp)
    folded.passed.push(step)
  } catch (error) {
    fail(folded, step, error)
  }
}

function decide<State, Shared>(
  service: Definition<State, Shared>,
  step: Exclude<Decidable, InvalidInput>,
  state: State,
  shared: ReadonlyMap<string, Shared>,
  now: Date,
): Decision<State, Shared> & { reply?: unknown } {
  if (step.rejected) throw step.rejected
  switch (step.kind) {
    case 'event': {
      const handler = service.consumes[step.emitter]?.[step.type]
      return handler === undefined || handler === ignore ? { state } : handler(state, step.fact as never, shared, now)
    }
    case 'command':
      return service.commands![step.name]!(state, step.command as never, shared, now)
    case 'outcome':
      return performedBy(service, step.effect.kind).outcome(state, { ...step.effect.payload, answer: step.answer } as never, shared, now)
    case 'refusal':
      throw step.error
  }
}

export function performedBy(service: Pick<Definition, 'name' | 'effects'>, kind: string): AnyPerformed {
  const found = service.effects?.find((effect) => effect.kind === kind)
  if (!found) throw new MessageError('EFFECT_UNKNOWN', `${service.name} performs no effect of kind ${kind}`)
  return found
}

function apply<State, Shared>(
  service: Definition<State, Shared>,
  folded: Folded<State, Shared>,
  step: Exclude<Decidable, InvalidInput>,
  before: State,
  decision: Decision<State, Shared> & { reply?: unknown },
  now: Date,
  stamp: Stamp,
) {
  const cause = causeOf(service, step, decision.state)
  const sequence = folded.sequences.get(step.orderId) ?? 0
  const rows = (decision.events ?? []).map((event, index) => stamp(event, { cause, sequence: sequence + index + 1, now }))
  folded.events.push(...rows)
  folded.sequences.set(step.orderId, sequence + rows.length)
  folded.effects.push(...(decision.effects ?? []).map((effect: Effect<string, OrderFact>) => ({ ...effect, cause })))
  folded.states.set(step.orderId, decision.state)
  if (decision.state !== before) folded.changed.add(step.orderId)
  for (const row of decision.shared ?? []) {
    const key = service.shared!.keyOf(row)
    folded.shared.set(key, row)
    folded.changedShared.add(key)
  }
  if (step.kind === 'command') folded.replies.set(step, decision.reply)
}

/** What follows from an event is caused by it; what follows from an effect, by the event that asked for the effect. */
function causeOf<State, Shared>(service: Definition<State, Shared>, step: Exclude<Decidable, InvalidInput>, state: State): Cause {
  if (step.kind === 'outcome' || step.kind === 'refusal') return step.effect.cause
  if (step.kind === 'event') return { ...step.cause, causationId: step.id }
  return { ...step.cause, correlationId: step.cause.correlationId ?? service.correlation?.(state) }
}

function fail<State, Shared>(folded: Folded<State, Shared>, step: Decidable, thrown: unknown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  folded.failed.push({ step, error, code: codeOf(error) ?? 'HANDLER' })
  if (step.kind !== 'command' && step.orderId !== null) folded.parked.add(step.orderId)
}

/** The answer of an effect its guard turned down. */
export const isUnwanted = (step: OutcomeInput): boolean => step.answer === unwanted
