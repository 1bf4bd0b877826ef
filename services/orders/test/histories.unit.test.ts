import { describe, expect, it } from '@jest/globals'
import type { Event } from '@quadrille/contracts'
import fc from 'fast-check'
import { command, createHistory, facts, type History, windowMs } from './history.ts'

const { captured, failed, refunded, reserved, short, dispatched, released, recalled } = facts

const anyPlan = fc.record({
  payments: fc.constantFrom<Event[]>([], [captured], [failed], [captured, refunded], [refunded, captured]),
  warehouse: fc.constantFrom<Event[]>(
    [reserved, dispatched],
    [dispatched, reserved],
    [reserved, released],
    [short],
    [reserved, dispatched, recalled],
    [recalled, dispatched, reserved],
  ),
  choices: fc.array(fc.nat({ max: 1_000 }), { maxLength: 25 }),
})
type Plan = typeof anyPlan extends fc.Arbitrary<infer T> ? T : never

const terminal = ['dispatched', 'payment_failed', 'out_of_stock', 'cancelled']
const cancels = ['cancel', 'cancelByOperator'] as const

/** Plays the topics in any interleaving, with repeats, waits and cancels between; `after` sees every step's status. */
function play(
  { payments, warehouse, choices }: Plan,
  asks: readonly (typeof cancels)[number][],
  after: (history: History, cancelled: boolean) => void,
) {
  const history = createHistory()
  history.ask('place', command)
  const topics = [[...payments], [...warehouse]]
  const heard: Event[] = []
  let cancelled = false
  const ask = (name: (typeof cancels)[number]) => {
    const reply = history.ask(name) as { kind: string; status?: string }
    cancelled ||= reply.kind === 'cancelled' && (reply.status ?? 'cancelled') === 'cancelled'
  }
  const deliver = (event: Event) => {
    heard.push(event)
    history.deliver(event)
  }
  const next = () => topics.filter((topic) => topic.length > 0).map((topic) => () => deliver(topic.shift()!))
  const nuisances = () => [
    ...heard.map((event) => () => deliver(event)),
    () => history.wait(windowMs / 2),
    ...asks.map((name) => () => ask(name)),
  ]
  for (const choice of choices) {
    const all = [...next(), ...nuisances()]
    all[choice % all.length]!()
    after(history, cancelled)
  }
  for (let left = 0; left < 5; left++) next()[0]?.()
  after(history, cancelled)
  return { history, heard, cancelled }
}

describe('orders, whatever the order of facts, repeats and cancels', () => {
  it('ends in the first terminal fact it heard, or cancelled, and stays there', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        let end: string | undefined
        play(plan, cancels, (history, cancelled) => {
          const { status } = history.state()
          if (end !== undefined) expect(status).toBe(cancelled && (end === 'dispatched' || status === 'cancelled') ? 'cancelled' : end)
          if (terminal.includes(status)) end = status
          expect(status === 'cancelled').toBe(cancelled)
        })
        const over = plan.payments.includes(failed) || plan.warehouse.includes(short) || plan.warehouse.includes(dispatched)
        expect(!over || terminal.includes(end!)).toBe(true)
      }),
      { numRuns: 600 },
    )
  })

  it('tells of the order once, and of the cancel as often as it was accepted', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const { history, cancelled } = play(plan, ['cancel'], () => undefined)
        expect(history.types()).toEqual(cancelled ? ['OrderPlaced', 'OrderCancelled'] : ['OrderPlaced'])
      }),
      { numRuns: 300 },
    )
  })

  it('ends the same whatever the order, where nothing stops it', () => {
    const going = anyPlan.map((plan) => ({ ...plan, payments: [captured], warehouse: [reserved, dispatched] }))
    fc.assert(
      fc.property(going, (plan) => {
        const { history } = play(plan, [], () => undefined)
        expect(history.state()).toMatchObject({ status: 'dispatched', refundedAt: null })
      }),
      { numRuns: 300 },
    )
  })

  it('changes nothing and tells nothing when it hears everything again', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const { history, heard } = play(plan, cancels, () => undefined)
        const state = history.state()
        for (const event of [...heard, ...heard]) {
          const again = history.deliver(event)
          expect([...again.changed, ...again.events, ...again.effects]).toEqual([])
        }
        expect(history.state()).toBe(state)
      }),
      { numRuns: 300 },
    )
  })
})
