import { isStuck, type OrderRecord, storyOf, waitsTogether } from '@quadrille/ops'
import type { OrderStory, ServiceName } from '../../src/api-types.ts'
import { names } from './pulse.ts'

/** An order that no service knows, except from the key of a record that two of them parked. */
export const strangersOrder = '0199c0de-0000-7000-8000-000000100003'

const ERROR = 'PaymentCaptured.v1 breaks its contract: amount: Invalid input: expected number, received string'

/** What the services answer for an order that nobody has heard of. */
export function strangersStory(orderId: string): OrderStory {
  const records = new Map(names.map((name) => [name, recordOf(name, orderId)]))
  const story = storyOf({ orderId, order: null, records, mails: [] })
  return { story, stuck: isStuck(story), waits: waitsTogether(story.waits), missing: [] }
}

function recordOf(name: ServiceName, orderId: string): OrderRecord {
  const parks = orderId === strangersOrder && (name === 'orders' || name === 'email')
  const eventId = 'payments.v1-3-4003'
  return {
    ...{ orderId, known: parks, sequence: 0, parked: parks, parkedReason: null, parkedSince: null, emitted: [], effects: [] },
    handled: parks ? [{ eventId, type: null, topic: 'payments.v1', partition: 3, offset: '4003', at: '2026-11-22T12:00:00.000Z' }] : [],
    letters: parks
      ? [{ id: '3', eventId, code: 'CONTRACT_DATA', error: ERROR, status: 'open', type: 'PaymentCaptured', effectKey: null }]
      : [],
    waits: parks
      ? [
          `waits for an operator: its PaymentCaptured became dead letter 3 (CONTRACT_DATA: ${ERROR}); repair the cause and redrive it, or discard it`,
        ]
      : [],
  }
}
