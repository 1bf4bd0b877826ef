import { describe, expect, it } from '@jest/globals'
import { command, createHistory, facts, windowMs } from './history.ts'

const other = { ...command, orderId: '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4f' }

function placed(...heard: (keyof typeof facts)[]) {
  const history = createHistory()
  history.ask('place', command)
  for (const fact of heard) history.deliver(facts[fact])
  return history
}

describe('orders, when an order is placed', () => {
  it('keeps it, without the payment token, and tells everybody, with it', () => {
    const history = placed()
    const { paymentToken, correlationId, ...told } = command
    expect(history.state()).toEqual({ ...told, correlationId, status: 'placed', campaign: null, placedAt: new Date(0), refundedAt: null })
    expect(history.emitted).toEqual([{ type: 'OrderPlaced', data: { ...told, paymentToken }, correlationId }])
  })
  it('answers what the customer may see', () => {
    const { orderId, items, total, currency } = command
    const order = { orderId, status: 'placed', total, currency, items, customer: { id: 'c-1' }, placedAt: '1970-01-01T00:00:00.000Z' }
    expect(createHistory().ask('place', command)).toEqual({ kind: 'placed', order, replayed: false })
  })
  it('makes no second order under the same Idempotency-Key, and answers as before', () => {
    const history = createHistory()
    const idempotency = { key: 'c-1\u001fk', fingerprint: 'f' }
    const first = history.ask('place', { ...command, idempotency }) as object
    expect(history.ask('place', { ...other, idempotency })).toEqual({ ...first, replayed: true })
    expect(history.state(other.orderId)).toEqual({ orderId: other.orderId, status: 'new' })
    expect(history.types()).toEqual(['OrderPlaced'])
  })
  it('refuses another body under the same Idempotency-Key', () => {
    const history = createHistory()
    history.ask('place', { ...command, idempotency: { key: 'c-1\u001fk', fingerprint: 'f' } })
    expect(history.ask('place', { ...other, idempotency: { key: 'c-1\u001fk', fingerprint: 'g' } })).toEqual({ kind: 'mismatch' })
    expect(history.types()).toEqual(['OrderPlaced'])
  })
  it('absorbs the same command twice', () => {
    const history = placed()
    expect(history.ask('place', command)).toMatchObject({ kind: 'placed', replayed: true })
    expect(history.types()).toEqual(['OrderPlaced'])
  })
})

describe('orders, when others tell what they did', () => {
  it.each([
    ['captured', 'paid'],
    ['captured dispatched', 'dispatched'],
    ['dispatched captured', 'dispatched'],
    ['dispatched short failed', 'dispatched'],
    ['failed', 'payment_failed'],
    ['failed short', 'payment_failed'],
    ['short', 'out_of_stock'],
    ['captured short', 'out_of_stock'],
    ['short captured', 'out_of_stock'],
    ['short failed dispatched', 'out_of_stock'],
  ])('%s: the order is %s', (heard, status) => {
    expect(placed(...(heard.split(' ') as (keyof typeof facts)[])).state().status).toBe(status)
  })
  it('notes a refund once, and keeps the status', () => {
    const history = placed('captured', 'short')
    history.wait(5)
    history.deliver(facts.refunded)
    history.wait(5)
    history.deliver(facts.refunded)
    expect(history.state()).toMatchObject({ status: 'out_of_stock', refundedAt: new Date(5) })
  })
  it('reads past facts of an order it never placed', () => {
    const history = createHistory()
    for (const event of Object.values(facts)) expect(history.deliver(event).changed.size).toBe(0)
  })
})

describe('orders, when the customer cancels', () => {
  it.each<{ heard: (keyof typeof facts)[] }>([{ heard: [] }, { heard: ['captured'] }, { heard: ['captured', 'dispatched'] }])(
    'accepts it within the window after $heard, with the correlation of the order',
    ({ heard }) => {
      const history = placed(...heard)
      history.wait(windowMs)
      expect(history.ask('cancel')).toEqual({ kind: 'cancelled', repeated: false })
      expect(history.state().status).toBe('cancelled')
      expect(history.emitted[1]).toMatchObject({ type: 'OrderCancelled', data: { by: 'customer' }, correlationId: command.correlationId })
    },
  )
  it('accepts a repeat, also after the window, and tells nobody again', () => {
    const history = placed()
    history.ask('cancel')
    history.wait(windowMs + 1)
    expect(history.ask('cancel')).toEqual({ kind: 'cancelled', repeated: true })
    expect(history.types()).toEqual(['OrderPlaced', 'OrderCancelled'])
  })
  it('refuses it once the window has passed', () => {
    const history = placed('captured', 'dispatched')
    history.wait(windowMs + 1)
    expect(history.ask('cancel')).toEqual({ kind: 'too-late' })
    expect(history.types()).toEqual(['OrderPlaced'])
  })
  it.each([
    ['failed', 'payment_failed'],
    ['short', 'out_of_stock'],
  ] as const)('refuses it once %s, whatever the time', (fact, status) => {
    const history = placed(fact)
    history.wait(windowMs + 1)
    expect(history.ask('cancel')).toEqual({ kind: 'already-over', status })
  })
  it('knows no such order', () => {
    expect(createHistory().ask('cancel')).toEqual({ kind: 'unknown' })
  })
})

describe('orders, when an operator cancels', () => {
  it.each([
    { heard: [], status: 'cancelled' },
    { heard: ['captured', 'dispatched'], status: 'cancelled' },
    { heard: ['failed'], status: 'payment_failed' },
    { heard: ['short'], status: 'out_of_stock' },
  ] as const)('tells everybody, at any time: after $heard it is $status', ({ heard, status }) => {
    const history = placed(...heard)
    history.wait(10 * windowMs)
    expect(history.ask('cancelByOperator')).toEqual({ kind: 'cancelled', status })
    expect(history.ask('cancelByOperator')).toEqual({ kind: 'cancelled', status })
    expect(history.types()).toEqual(['OrderPlaced', 'OrderCancelled', 'OrderCancelled'])
    expect(history.emitted[2]).toMatchObject({ data: { by: 'operator' }, correlationId: command.correlationId })
  })
  it('knows no such order', () => {
    expect(createHistory().ask('cancelByOperator')).toEqual({ kind: 'unknown' })
  })
})
