import { type Event, OrderCancelled, OrderPlaced, StockReserved, StockShort } from '@quadrille/contracts'
import { type Answered, type Before, type EnqueuedEffect, fold, performedBy, type Stamp, type Step, unwanted } from '@quadrille/messaging'
import type { Payment } from '../src/payment.ts'
import type { Psp } from '../src/psp.ts'
import { payments } from '../src/service.ts'

export const orderId = OrderPlaced.example.orderId
export const facts = {
  placed: OrderPlaced(OrderPlaced.example),
  cancelled: OrderCancelled(OrderCancelled.example),
  reserved: StockReserved(StockReserved.example),
  short: StockShort(StockShort.example),
}

const emitters: Readonly<Record<string, string>> = { OrderPlaced: 'orders', OrderCancelled: 'orders' }
const stamp: Stamp = ({ type, data }, { sequence }) => ({
  id: `${sequence}`,
  topic: 'payments.v1',
  key: orderId,
  sequence,
  value: JSON.stringify({ type, data }),
  headers: {},
})

/** One order at payments, driven by hand through the shipped fold: events, effects and their outcomes in any order. */
export function createHistory(psp: Psp) {
  let before: Before<Payment, unknown> = { states: new Map(), shared: new Map(), sequences: new Map(), parked: new Set(), now: new Date(0) }
  const emitted: Event[] = []
  const asked = new Map<string, EnqueuedEffect>()
  const due = new Map<string, { again: boolean }>()
  const answered = new Map<string, unknown>()

  function take(step: Step) {
    const folded = fold(payments, [step], before, stamp)
    for (const { error } of folded.failed) throw error
    before = { ...before, states: folded.states, sequences: folded.sequences }
    emitted.push(...folded.events.map(({ value }) => JSON.parse(value) as Event))
    for (const effect of folded.effects) ask(effect)
    return folded
  }

  function ask(effect: EnqueuedEffect) {
    if (asked.has(effect.key)) return
    asked.set(effect.key, effect)
    due.set(effect.key, { again: false })
  }

  const state = () => before.states.get(orderId) ?? payments.initial(orderId)
  return {
    state,
    emitted,
    due,
    answered,
    types: () => emitted.map(({ type }) => type),
    deliver: ({ type, data }: Event) =>
      take({
        kind: 'event',
        id: type,
        orderId,
        emitter: emitters[type] ?? 'warehouse',
        type,
        fact: data as never,
        cause: {},
        message: {} as never,
      }),

    /** Performs a due effect as the runner does; its answer waits until `finish`. A lost answer leaves it due. */
    async start(key: string) {
      const { kind, payload } = asked.get(key)!
      const { again } = due.get(key)!
      const { wanted, perform } = performedBy(payments, kind)
      due.set(key, { again: true })
      const attempt = { key, again, signal: new AbortController().signal, world: { psp } }
      const answer = again || wanted(state()) ? await perform(payload, attempt).catch(() => undefined) : unwanted
      if (answer === undefined) return
      due.delete(key)
      answered.set(key, answer)
    },

    finish(key: string) {
      const effect = { ...asked.get(key)!, orderId, attempt: 1, again: false }
      const answer = answered.get(key) as Answered<object, unknown>['answer']
      answered.delete(key)
      return take({ kind: 'outcome', orderId, effect, answer })
    },
  }
}

export type History = ReturnType<typeof createHistory>
