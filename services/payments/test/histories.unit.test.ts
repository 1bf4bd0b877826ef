import { describe, expect, it } from '@jest/globals'
import type { Event } from '@quadrille/contracts'
import fc from 'fast-check'
import { createFakePsp } from './fakes.ts'
import { createHistory, facts, type History } from './history.ts'

const { placed, cancelled, reserved, short } = facts
const total = 3470

const anyPlan = fc.record({
  orders: fc.constantFrom<Event[]>(
    [placed],
    [placed, cancelled],
    [cancelled, placed],
    [placed, cancelled, cancelled],
    [cancelled, cancelled, placed],
  ),
  warehouse: fc.constantFrom<Event[]>([], [reserved], [short], [short, short]),
  declines: fc.boolean(),
  choices: fc.array(fc.nat({ max: 1_000 }), { maxLength: 30 }),
})
type Plan = typeof anyPlan extends fc.Arbitrary<infer T> ? T : never

/** Everything that may happen next: the next event of a topic, an earlier one again, an effect started, its answer lost, its outcome. */
function options(history: History, topics: Event[][], heard: Event[], psp: ReturnType<typeof createFakePsp>) {
  const deliver = (event: Event) => {
    heard.push(event)
    history.deliver(event)
  }
  const first = [
    ...topics.filter((topic) => topic.length > 0).map((topic) => () => deliver(topic.shift()!)),
    ...[...history.due.keys()].map((key) => () => history.start(key)),
    ...[...history.answered.keys()].map((key) => () => history.finish(key)),
  ]
  const nuisances = [
    ...heard.map((event) => () => deliver(event)),
    ...[...history.due.keys()].map((key) => () => {
      psp.loseNextAnswer()
      return history.start(key)
    }),
  ]
  return { first, nuisances }
}

async function play({ orders, warehouse, declines, choices }: Plan) {
  const psp = createFakePsp({ declines })
  const history = createHistory(psp)
  const topics = [[...orders], [...warehouse]]
  const heard: Event[] = []
  for (const choice of choices) {
    const { first, nuisances } = options(history, topics, heard, psp)
    const all = [...first, ...nuisances]
    if (first.length > 0) await all[choice % all.length]!()
  }
  // What is left happens in turn; bounded by what there is: 5 events, 2 effects with start and outcome.
  for (let step = 0; step < 12; step++) await options(history, topics, heard, psp).first[0]?.()
  return { history, psp, state: history.state(), heard }
}

const count = (history: History, type: string) => history.types().filter((one) => one === type).length

describe('payments, whatever the order of facts, repeats and lost answers', () => {
  it('keeps the money of an order that goes on, and gives back all of one that was stopped', async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan, async (plan) => {
        const { psp, state } = await play(plan)
        const stopped = plan.orders.includes(cancelled) || plan.warehouse.includes(short)
        expect(psp.captured() - psp.refunded()).toBe(stopped || plan.declines ? 0 : total)
        expect(['captured', 'failed', 'refunded', 'void']).toContain(state.status)
      }),
      { numRuns: 1_000 },
    )
  })

  it('tells each thing the provider did once, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan, async (plan) => {
        const { history, psp, state } = await play(plan)
        expect(count(history, 'PaymentCaptured')).toBe(psp.captured() / total)
        expect(count(history, 'PaymentRefunded')).toBe(psp.refunded() / total)
        expect(count(history, 'PaymentFailed')).toBe(state.status === 'failed' ? 1 : 0)
      }),
      { numRuns: 500 },
    )
  })

  it('ends the same whatever the order, where nothing stops it', async () => {
    const going = anyPlan.filter(
      ({ orders, warehouse, declines }) => !orders.includes(cancelled) && !warehouse.includes(short) && !declines,
    )
    await fc.assert(
      fc.asyncProperty(going, async (plan) => {
        const { history, state } = await play(plan)
        expect(history.types()).toEqual(['PaymentCaptured'])
        expect(state).toEqual({ ...state, status: 'captured', stop: false, amount: total, currency: 'EUR', chargeId: 'ch_1' })
      }),
      { numRuns: 300 },
    )
  })

  it('changes nothing, tells nothing and asks for nothing when it hears everything again', async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan, async (plan) => {
        const { history, state, heard } = await play(plan)
        for (const event of [...heard, ...heard]) {
          const again = history.deliver(event)
          expect([...again.changed, ...again.events, ...again.effects]).toEqual([])
        }
        expect(history.state()).toBe(state)
        expect(history.due.size).toBe(0)
      }),
      { numRuns: 500 },
    )
  })
})
