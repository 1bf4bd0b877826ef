import { changesOf } from './changes.ts'
import type { Change, Definition } from './definition.ts'
import { type Folded, fold, isConsumed, type Stamp, type Step } from './fold.ts'
import { inOrder } from './in-order.ts'
import type { AnyInput } from './input.ts'
import { needLetters, onlyTaken, plan, type ReadMessage } from './plan.ts'
import type { SetStore, SetTransaction, Stream } from './store.ts'

export interface SetRunner<State, Shared> {
  readonly service: Definition<State, Shared>
  readonly store: SetStore<State, Shared>
  readonly stamp: Stamp
  readonly read: ReadMessage
  readonly newId: () => string
}

export interface SetResult {
  readonly folded: Folded<unknown, unknown>
  /** Every order whose state is another now. */
  readonly changed: readonly Change<unknown>[]
  readonly duplicates: number
  readonly effectsDue: boolean
}

/**
 * One transaction over everything that waits: claim, lock, load, fold, save, commit; a constant number of statements.
 * When it throws, nothing has happened.
 */
export function runSet<State, Shared>(runner: SetRunner<State, Shared>, inputs: readonly AnyInput[]): Promise<SetResult> {
  return runner.store.transact(async (trx) => {
    const orderIds = [...new Set(inputs.flatMap((input) => input.orderId ?? []))].sort()
    const [claimed, { now, streams }, states] = await inOrder(trx.claim(inputs.filter(isConsumed)), trx.lock(orderIds), trx.load(orderIds))
    const parked = parkedOf(streams)
    const planned = plan(inputs, await lettersOf(trx, inputs, parked), runner.read)
    const [shared, held] = await inOrder(trx.loadShared(sharedKeys(runner.service, planned.steps, states)), trx.fence(attempts(inputs)))
    const steps = onlyTaken(planned.steps, claimed, held)
    const sequences = new Map([...streams].map(([orderId, { sequence }]) => [orderId, sequence]))
    const folded = fold(runner.service, steps, { states, shared, sequences, parked, now }, runner.stamp)
    const changes = changesOf(runner.service.name, folded, planned, parked, runner.newId)
    await trx.commit(changes)
    const duplicates = planned.steps.length - steps.length
    const effectsDue = changes.due.length > 0 || changes.effects.some(({ delayMs }) => delayMs === 0)
    return { folded, changed: changedOf(runner.service, states, folded, now), duplicates, effectsDue }
  })
}

const changedOf = <State, Shared>(
  { initial }: Definition<State, Shared>,
  states: ReadonlyMap<string, State>,
  folded: Folded<State, Shared>,
  now: Date,
): Change<unknown>[] =>
  [...folded.changed].map((orderId) => ({ before: states.get(orderId) ?? initial(orderId), after: folded.states.get(orderId), now }))

const parkedOf = (streams: ReadonlyMap<string, Stream>) =>
  new Set([...streams].filter(([, stream]) => stream.parked).map(([orderId]) => orderId))

async function lettersOf(trx: SetTransaction, inputs: readonly AnyInput[], parked: ReadonlySet<string>) {
  const keyless = inputs.flatMap((input) =>
    input.kind === 'redrive' && input.orderId === null ? (input.discard?.letterId ?? input.letterId ?? []) : [],
  )
  const orderIds = needLetters(inputs, parked)
  return orderIds.length + keyless.length === 0 ? [] : trx.openLetters(orderIds, keyless)
}

/** The keys come from state *and* fact: a cancel knows its SKUs only from the order. */
function sharedKeys<State, Shared>(
  { shared, initial }: Definition<State, Shared>,
  steps: readonly Step[],
  states: ReadonlyMap<string, State>,
) {
  if (!shared) return []
  const keys = steps.flatMap((step) => {
    const fact = factOf(step)
    return fact ? shared.keys(states.get(fact.orderId) ?? initial(fact.orderId), fact as never) : []
  })
  return [...new Set(keys)].sort()
}

function factOf(step: Step) {
  if (step.kind === 'event') return step.fact
  if (step.kind === 'command') return step.command
  return step.kind === 'outcome' ? step.effect.payload : undefined
}

const attempts = (inputs: readonly AnyInput[]) =>
  inputs.flatMap((input) =>
    input.kind === 'outcome' || input.kind === 'refusal' ? [{ key: input.effect.key, attempt: input.effect.attempt }] : [],
  )
