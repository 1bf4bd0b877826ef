import { describe, expect, it } from '@jest/globals'
import { OrderPlaced } from '@quadrille/contracts'
import { unwanted } from '@quadrille/messaging'
import { chargeCard, charged, newPayment, type Payment, placed, refundCard, refunded, stopped } from '../src/payment.ts'

const order = OrderPlaced.schema.parse(OrderPlaced.example)
const { orderId } = order
const money = { orderId, amount: 3470, currency: 'EUR' }
const fresh = newPayment(orderId)
const charging: Payment = { ...fresh, status: 'charging', amount: 3470, currency: 'EUR' }
const captured: Payment = { ...charging, status: 'captured', chargeId: 'ch_1' }
const refunding: Payment = { ...captured, status: 'refunding', stop: true }
const refund = refundCard({ ...money, charge: `capture:${orderId}` })
const outcome = (answer: Parameters<typeof charged>[1]['answer']) => ({ ...money, token: 'tok_ok', answer })
const yes = outcome({ status: 'captured', chargeId: 'ch_1' })
const no = outcome({ status: 'declined', reason: 'card_declined' })
const on = <Fact>(
  handler: (state: Payment, fact: Fact, shared: ReadonlyMap<string, unknown>, now: Date) => object,
  state: Payment,
  fact: Fact,
) => handler(state, fact, new Map(), new Date(0))

describe('payments, when an order is placed', () => {
  it('charges the card, under a key of the order', () => {
    expect(on(placed, fresh, order)).toEqual({ state: charging, effects: [chargeCard({ ...money, token: 'tok_ok' })] })
    expect(chargeCard({ ...money, token: 'tok_ok' }).key).toBe(`capture:${orderId}`)
  })
  it('charges nothing if the order was stopped before', () => {
    expect(on(placed, { ...fresh, stop: true }, order)).toEqual({ state: { ...charging, status: 'void', stop: true } })
  })
  it.each([charging, captured, refunding])('reads past a repeat while $status', (state) => {
    expect(on(placed, state, order)).toEqual({ state })
  })
})

describe('payments, when an order is stopped', () => {
  it('gives captured money back', () => {
    expect(on(stopped, captured, undefined)).toEqual({ state: refunding, effects: [refund] })
  })
  it.each([fresh, charging])('only marks it while $status', (state) => {
    expect(on(stopped, state, undefined)).toEqual({ state: { ...state, stop: true } })
  })
  it.each([refunding, { ...charging, status: 'failed' } as const])('has nothing to do once $status', (state) => {
    expect((on(stopped, state, undefined) as { state: Payment }).state).toBe(state)
  })
})

describe('payments, when the provider has answered', () => {
  it('tells that the money was taken', () => {
    expect(charged(charging, yes)).toMatchObject({
      state: captured,
      events: [{ type: 'PaymentCaptured', data: { ...money, reference: 'ch_1' } }],
    })
  })
  it('tells it and gives the money back, if the order was stopped meanwhile', () => {
    expect(charged({ ...charging, stop: true }, yes)).toMatchObject({
      state: refunding,
      effects: [refund],
      events: [{ type: 'PaymentCaptured' }],
    })
  })
  it('tells it once', () => {
    expect(charged(captured, yes)).toEqual({ state: captured })
  })
  it('tells that the card was declined', () => {
    const events = [{ type: 'PaymentFailed', data: { orderId, reason: 'card_declined' } }]
    expect(charged(charging, no)).toEqual({ state: { ...charging, status: 'failed', reason: 'card_declined' }, events })
  })
  it('is done where the charge was no longer wanted', () => {
    expect(chargeCard.wanted({ ...charging, stop: true })).toBe(false)
    expect(charged({ ...charging, stop: true }, outcome(unwanted))).toEqual({ state: { ...charging, stop: true, status: 'void' } })
  })
  it('tells that the money was given back, once', () => {
    const back = { ...refund.payload, answer: { refundId: 're_1' } }
    const { state, events } = refunded(refunding, back)
    expect(state).toEqual({ ...refunding, status: 'refunded', refundId: 're_1' })
    expect(events).toEqual([{ type: 'PaymentRefunded', data: { ...money, reference: 're_1' } }])
    expect(refunded(state, back)).toEqual({ state })
  })
})
