import { type Event, type EventContract, encode, topicOf } from '@quadrille/contracts'
import {
  type Definition,
  type Effect,
  fold,
  type OrderFact,
  performedBy,
  type Stamp,
  type StartedEffect,
  type Step,
  unwanted,
} from '@quadrille/messaging'

export interface Fact {
  readonly contract: EventContract
  readonly data: OrderFact
}

const now = new Date('2030-01-01T12:00:00Z')
const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`
const cause = { correlationId: 'journey', traceparent }

/** One service's decisions, folded one input at a time by the shipped fold: no inbox stands before it, so repeats reach the handlers. */
export function createStory<State, Shared = never>(
  service: Definition<State, Shared>,
  { shared = new Map(), answer = () => undefined }: { shared?: Map<string, Shared>; answer?: (effect: Effect) => unknown } = {},
) {
  const states = new Map<string, State>()
  const sequences = new Map<string, number>()
  const events: Event[] = []
  const effects = new Map<string, Effect>()
  const due: Effect[] = []
  const started: { effect: Effect; answer: unknown }[] = []

  const stamp: Stamp = (event, { sequence }) => {
    const contract = service.emits.find(({ type }) => type === event.type)!
    const id = `${events.push(event)}`
    const stamped = { id, time: now.toISOString(), sequence, ...cause, causationId: undefined }
    return { ...encode(contract, event.data, stamped), id, topic: topicOf(contract.emitter as 'orders'), sequence }
  }

  function take(step: Step) {
    const folded = fold(service, [step], { states, shared, sequences, parked: new Set(), now }, stamp)
    if (folded.failed[0]) throw folded.failed[0].error
    for (const [id, state] of folded.states) states.set(id, state)
    for (const [id, sequence] of folded.sequences) sequences.set(id, sequence)
    for (const [key, row] of folded.shared) shared.set(key, row)
    const fresh = folded.effects.filter(({ key }) => !effects.has(key))
    for (const effect of fresh) effects.set(effect.key, effect)
    due.push(...fresh)
    return folded
  }

  function start(at: number) {
    const [effect] = due.splice(at, 1)
    const { orderId } = effect!.payload
    const wanted = performedBy(service, effect!.kind).wanted(states.get(orderId) ?? service.initial(orderId))
    started.push({ effect: effect!, answer: wanted ? answer(effect!) : unwanted })
  }

  function end(at: number) {
    const [{ effect, answer }] = started.splice(at, 1) as [(typeof started)[0]]
    take({ kind: 'outcome', orderId: effect.payload.orderId, effect: { ...effect, attempt: 1, cause } as unknown as StartedEffect, answer })
  }

  const tell = ({ contract: { emitter, type }, data }: Fact) =>
    take({ kind: 'event', id: 'e', emitter, type, orderId: data.orderId, fact: data, cause, message: undefined as never })

  /** Chooses, number by number, whether the next fact arrives, a due effect starts or a started one ends; then everything ends. */
  function play(facts: readonly Fact[], choices: readonly number[] = []) {
    const left = [...facts]
    for (let turn = 0; left.length + due.length + started.length > 0; turn++) {
      const at = (choices[turn % Math.max(choices.length, 1)] ?? 0) % (left.length + due.length + started.length)
      if (at < left.length) tell(left.shift()!)
      else if (at - left.length < due.length) start(at - left.length)
      else end(at - left.length - due.length)
    }
  }

  return { states, shared, events, effects, tell, play, types: () => events.map(({ type }) => type) }
}
