import { describe, expect, it } from '@jest/globals'
import { createStory, type Fact } from '@quadrille/testing/story'
import fc from 'fast-check'
import type { Allocation } from '../src/allocation.ts'
import { warehouse } from '../src/service.ts'
import type { Stock } from '../src/stock.ts'
import { anyJourney, factsOf, goodJourney, histories, type Journey, orderId, shelfOf } from './histories.ts'

const SCARCE = { scarce: 5, rare: 2 }
const AMPLE = { scarce: 1000, rare: 1000 }

function tellAll(
  told: readonly Fact[],
  stock: Readonly<Record<string, number>>,
  check: (shelf: ReadonlyMap<string, Stock>) => void = () => {},
) {
  const story = createStory(warehouse, { shared: shelfOf(stock) })
  for (const fact of told) {
    story.tell(fact)
    check(story.shared)
  }
  return story
}

function expectConserved(shelf: ReadonlyMap<string, Stock>, stock: Readonly<Record<string, number>>) {
  for (const { sku, onHand, reserved, dispatched } of shelf.values()) {
    expect(Math.min(onHand, reserved, dispatched)).toBeGreaterThanOrEqual(0)
    expect(onHand + reserved + dispatched).toBe(stock[sku])
  }
}

const held = (allocations: Iterable<Allocation>, status: string, sku: string) =>
  [...allocations]
    .flatMap((one) => (one.status === status ? one.items.filter((line) => line.sku === sku) : []))
    .reduce((sum, line) => sum + line.quantity, 0)

/** How an order may end, given what was told of it. */
function endings({ payment, cancels }: Journey): Allocation['status'][] {
  if (cancels > 0) return ['closed', 'released', 'recalled', 'short']
  if (payment === 'failed') return ['closed', 'released', 'short']
  return payment === 'none' ? ['reserved', 'short'] : ['dispatched', 'short']
}

describe('warehouse, when facts come in any order and more than once', () => {
  it('never oversells, conserves every unit, and ends every order as its facts say', () => {
    fc.assert(
      fc.property(histories(anyJourney), ({ journeys, told }) => {
        const story = tellAll(told, SCARCE, (shelf) => expectConserved(shelf, SCARCE))
        for (const [n, journey] of journeys.entries()) expect(endings(journey)).toContain(story.states.get(orderId(n))!.status)
        for (const { sku, reserved, dispatched } of story.shared.values()) {
          expect(reserved).toBe(held(story.states.values(), 'reserved', sku))
          expect(dispatched).toBe(held(story.states.values(), 'dispatched', sku))
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('emits each event at most once for an order', () => {
    fc.assert(
      fc.property(histories(anyJourney), ({ told }) => {
        const emitted = tellAll(told, SCARCE).events.map(({ type, data }) => `${type} ${(data as { orderId: string }).orderId}`)
        expect(new Set(emitted).size).toBe(emitted.length)
      }),
    )
  })

  it('changes nothing when any fact comes a second time, even with an empty inbox', () => {
    fc.assert(
      fc.property(histories(anyJourney), ({ told }) => {
        const story = tellAll(told, SCARCE)
        for (const fact of told) {
          const again = story.tell(fact)
          expect([again.changed.size, again.changedShared.size, again.events]).toEqual([0, 0, []])
        }
      }),
    )
  })

  it('sends every order that is paid, not stopped and in stock, and says the same whatever the order', () => {
    fc.assert(
      fc.property(histories(goodJourney), ({ journeys, told }) => {
        const [story, orderly] = [tellAll(told, AMPLE), tellAll(journeys.flatMap(factsOf), AMPLE)]
        expect(new Map([...story.states].sort())).toEqual(new Map([...orderly.states].sort()))
        expect(story.events.map((event) => JSON.stringify(event)).sort()).toEqual(
          orderly.events.map((event) => JSON.stringify(event)).sort(),
        )
        expect([...story.states.values()].every(({ status }) => status === 'dispatched')).toBe(true)
      }),
    )
  })
})
