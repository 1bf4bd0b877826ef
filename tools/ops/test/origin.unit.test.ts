import { describe, expect, it } from '@jest/globals'
import { HEADERS } from '@quadrille/contracts'
import type { Operators } from '@quadrille/messaging'
import { ends, statuses } from '../../../services/orders/src/view.ts'
import { isOpen } from '../src/order/status.ts'
import { before, letter, orderId, orderRecord, town, view } from './fakes.ts'

type Record = Awaited<ReturnType<Operators['order']>>
const known = (changed: Partial<Record>) => ({
  order: async () => ({
    ...orderRecord(orderId),
    parked: false,
    parkedReason: null,
    parkedSince: null,
    waits: [],
    sequence: changed.emitted?.length ?? 0,
    ...changed,
  }),
})
const emitted = (eventId: string, type: string, sequence = 1) => ({
  ...{ eventId, type, topic: 'payments.v1', sequence, createdAt: before(50), publishedAt: before(50), parked: null },
  ...{ causationId: null, traceparent: null },
})
const took = (eventId: string, offset: string) => ({ eventId, type: null, topic: 'payments.v1', partition: 1, offset, at: before(49) })
const open = (id: string, eventId: string, status: 'open' | 'discarded' = 'open') => ({
  ...{ id, eventId, code: 'CONTRACT_DATA', error: 'amount: must be whole', status, type: 'PaymentCaptured', effectKey: null },
})

/** A PaymentCaptured with an amount of words, as warehouse has it. */
const forged = () => {
  const { message, ...rest } = letter('3', { code: 'CONTRACT_DATA', eventId: 'forged', parkedAt: before(40) })
  const headers = { [HEADERS.type]: Buffer.from('PaymentCaptured.v1') }
  return { ...rest, message: { ...message, topic: 'payments.v1', partition: 1, offset: '4', headers } }
}
const warehouse = () => ({ letters: [forged()], changed: known({ letters: [open('3', 'forged')] }) })

async function show(payments: Partial<Record>, sick: Parameters<typeof town>[0] = {}) {
  const given = { payments: { changed: known(payments) }, warehouse: warehouse(), ...sick.sick }
  const { run } = await town({ sick: given })
  const { out, err, exit } = await run('dlq', 'show', 'warehouse/3')
  return { out, err, exit, advice: /What to do: ([\s\S]*)$/.exec(out)?.[1], origin: /^ {2}origin {2}(.*)$/m.exec(out)?.[1] }
}

describe('ops dlq show, of a record that no outbox holds', () => {
  it('names the genuine event, and every reader of the other', async () => {
    const email = { changed: known({ handled: [took('genuine', '1')], letters: [open('5', 'forged'), open('6', 'another')] }) }
    const loyalty = { changed: known({ letters: [open('2', 'forged', 'discarded')] }) }
    const { advice, origin, exit } = await show({ emitted: [emitted('genuine', 'PaymentCaptured')] }, { sick: { email, loyalty } })
    expect({ exit, origin }).toEqual({ exit: 0, origin: 'from no outbox: payments never emitted this' })
    expect(advice).toBe(
      `payments never emitted this (it is in no outbox); the genuine PaymentCaptured is payments.v1-1-1: discard this one at every reader, do not cancel:
  ops dlq discard warehouse/3 email/5 --reason "…"   # orders: not read yet; there it becomes a letter too`,
    )
  })

  it('has an order cancelled only where there is no genuine one, and nothing under way', async () => {
    const charge = {
      ...{ key: `capture:${orderId}`, kind: 'charge-card', orderId, status: 'refused' as const, attempts: 1, runAt: before(50) },
      ...{ leasedUntil: null, firstStartedAt: before(50), lastError: 'token-unknown', doneAt: null },
    }
    const { advice } = await show({ effects: [charge] })
    expect(advice).toBe(
      `payments never emitted this (it is in no outbox), and for this order no other PaymentCaptured: discard this one at every reader
  ops dlq discard warehouse/3 --reason "…"   # orders, loyalty, email: not read yet; there it becomes a letter too
  then wait for what payments still does (charge-card refused), and see whether the order goes on: ops orders show ${orderId}; only if not, end it: ops orders cancel ${orderId} --reason "…"`,
    )
  })

  it('cancels no order that has ended', async () => {
    const orders = { view: { ...view, status: 'dispatched' } }
    const { advice } = await show({ emitted: [emitted('other', 'PaymentFailed')] }, { sick: { orders } })
    expect(advice).toMatch(
      /no other PaymentCaptured: discard this one at every reader\n {2}ops dlq discard warehouse\/3 --reason "…" {3}# .*$/,
    )
  })
})

describe('ops dlq show, of another record', () => {
  it('knows the one that its emitter did emit', async () => {
    const { advice, origin } = await show({ emitted: [emitted('forged', 'PaymentCaptured')] })
    expect(origin).toBe('payments emitted it: it is in an outbox')
    expect(advice).toMatch(
      /^find its sender, then: ops dlq discard warehouse\/3 .* its emitter's own event, end that order: ops orders cancel/,
    )
  })

  it.each([
    ['does not answer', {}, { sick: { payments: { away: true } } }, 3],
    ['has forgotten its first events', { emitted: [emitted('genuine', 'PaymentCaptured', 2)], sequence: 2 }, {}, 0],
    ['has forgotten its last events', { emitted: [emitted('other', 'PaymentFailed')], sequence: 2 }, {}, 0],
    ['has forgotten all', { sequence: 1 }, {}, 0],
  ])('does not claim to know where its emitter %s', async (_, payments, sick, code) => {
    const { origin, advice, exit } = await show(payments, sick)
    expect({ origin, exit }).toEqual({ origin: expect.stringMatching(/^not known: payments does not answer, or/), exit: code })
    expect(advice).toMatch(/^find its sender/)
  })
})

describe('an order that is open', () => {
  it('is one that has not ended, as orders has it', () =>
    expect(statuses.filter(isOpen)).toEqual(statuses.filter((status) => !ends.includes(status))))
})
