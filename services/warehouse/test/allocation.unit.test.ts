import { describe, expect, it } from '@jest/globals'
import { createStory, type Fact } from '@quadrille/testing/story'
import { warehouse } from '../src/service.ts'
import { cancelledFact, capturedFact, failedFact, orderId, placedFact, refundedFact, shelfOf } from './histories.ts'

const id = orderId(1)
const two = placedFact(id, ['mug', 2])
const [cancelled, captured, failed, refunded] = [cancelledFact, capturedFact, failedFact, refundedFact].map((fact) => fact(id)) as [
  Fact,
  Fact,
  Fact,
  Fact,
]

function after(...facts: Fact[]) {
  const story = createStory(warehouse, { shared: shelfOf({ mug: 5, tea: 5 }) })
  for (const fact of facts) story.tell(fact)
  const { onHand, reserved, dispatched } = story.shared.get('mug')!
  return {
    status: story.states.get(id)!.status,
    events: story.types(),
    mugs: [onHand, reserved, dispatched],
    data: story.events.map(({ data }) => data),
  }
}

describe('warehouse, when an order is placed', () => {
  it('reserves every unit', () => {
    expect(after(two)).toMatchObject({ status: 'reserved', events: ['StockReserved'], mugs: [3, 2, 0] })
  })

  it('adds up the lines of one SKU before it looks', () => {
    const twice = placedFact(id, ['mug', 3], ['tea', 1], ['mug', 3])
    expect(after(twice).data).toEqual([{ orderId: id, missing: [{ sku: 'mug', requested: 6, available: 5 }] }])
  })

  it('reserves nothing at all if one line is short', () => {
    expect(after(placedFact(id, ['mug', 1], ['tea', 6]))).toMatchObject({ status: 'short', events: ['StockShort'], mugs: [5, 0, 0] })
  })

  it('has none of a SKU that nobody stocks', () => {
    expect(after(placedFact(id, ['unicorn', 1])).data).toEqual([{ orderId: id, missing: [{ sku: 'unicorn', requested: 1, available: 0 }] }])
  })

  it('sends at once what was paid before', () => {
    expect(after(captured, two)).toMatchObject({ status: 'dispatched', events: ['StockReserved', 'OrderDispatched'], mugs: [3, 0, 2] })
  })

  it.each([
    ['cancelled', cancelled],
    ['declined', failed],
  ])('does nothing for an order %s before', (_, stop) => {
    expect(after(stop, two)).toMatchObject({ status: 'closed', events: [], mugs: [5, 0, 0] })
  })
})

describe('warehouse, when the payment is known', () => {
  it('sends what is reserved, with a parcel number of its own', () => {
    expect(after(two, captured)).toMatchObject({ status: 'dispatched', events: ['StockReserved', 'OrderDispatched'], mugs: [3, 0, 2] })
    expect(after(two, captured).data[1]).toEqual({ orderId: id, items: [{ sku: 'mug', quantity: 2 }], tracking: 'QD-000000000001' })
  })

  it('releases what is reserved if the card was declined', () => {
    expect(after(two, failed)).toMatchObject({ status: 'released', events: ['StockReserved', 'StockReleased'], mugs: [5, 0, 0] })
  })

  it('sends nothing for a short order', () => {
    expect(after(placedFact(id, ['mug', 6]), captured)).toMatchObject({ status: 'short', events: ['StockShort'], mugs: [5, 0, 0] })
  })

  it('reads past a refund: what ended the order has been told already', () => {
    expect(after(two, captured, refunded)).toMatchObject({ status: 'dispatched', mugs: [3, 0, 2] })
  })
})

describe('warehouse, when an order is cancelled', () => {
  it('releases what is reserved, and sends it no more', () => {
    expect(after(two, cancelled, captured)).toMatchObject({
      status: 'released',
      events: ['StockReserved', 'StockReleased'],
      mugs: [5, 0, 0],
    })
  })

  it('calls back a parcel that has left; its units are on hand again', () => {
    const recalled = after(two, captured, cancelled)
    expect(recalled).toMatchObject({ status: 'recalled', mugs: [5, 0, 0] })
    expect(recalled.events).toEqual(['StockReserved', 'OrderDispatched', 'ParcelRecalled'])
  })

  it('absorbs a second cancel', () => {
    expect(after(two, captured, cancelled, cancelled).events).toEqual(['StockReserved', 'OrderDispatched', 'ParcelRecalled'])
  })
})
