import { describe, expect, it } from '@jest/globals'
import { OrderPlaced } from '@quadrille/contracts'
import { letter, operators, orderId, TOKEN } from './admin-world.ts'

describe("the operators' API, when somebody knocks", () => {
  it('is off without a token', async () => {
    const { ask } = await operators({ off: true })
    expect((await ask('GET', '/dead-letters')).json()).toMatchObject({ status: 503, code: 'operators-off' })
  })

  it.each([
    ['no token', ''],
    ['a wrong token', 'Bearer open-sesamE'],
    ['another scheme', `Basic ${TOKEN}`],
  ])('lets nobody in with %s', async (_, authorization) => {
    const { ask, asked, logged } = await operators()
    const answer = await ask('POST', '/dead-letters/1/discard', { reason: 'because' }, authorization)
    expect(answer.json()).toMatchObject({ status: 401, code: 'not-an-operator' })
    expect(answer.headers['www-authenticate']).toBe('Bearer')
    expect(asked).toEqual([])
    expect(logged()).toContainEqual(expect.objectContaining({ msg: 'operator refused', operator: 'ada' }))
    expect(JSON.stringify(logged())).not.toContain('sesam')
  })
})

describe("the operators' API, when asked for dead letters", () => {
  it('passes the filter on and shows everything but what is personal', async () => {
    const { ask, asked } = await operators({ letters: [letter('1', {})] })
    const answer = await ask('GET', `/dead-letters?orderId=${orderId}&open=true`)
    expect(asked).toEqual([{ orderId, open: true, limit: 100 }])
    const [shown] = answer.json()
    expect(shown).toMatchObject({
      id: '1',
      status: 'open',
      topic: 'orders.v1',
      offset: '7',
      key: orderId,
      headers: { ce_type: 'OrderPlaced.v1' },
    })
    expect(shown.value).toMatchObject({ orderId, total: '***', paymentToken: '***' })
    expect(answer.body).not.toContain(OrderPlaced.example.customer.email)
  })

  it.each([
    ['bytes that are no text', { value: Buffer.from([0xff, 0x00]) }, { hex: 'ff00' }],
    ['no value', { value: null }, null],
    [
      'an unknown type',
      { headers: {}, value: Buffer.from(JSON.stringify({ orderId, email: 'ada@example.com' })) },
      { orderId, email: '***' },
    ],
    ['plain text', { headers: {}, value: Buffer.from('"ada@example.com"') }, '***'],
  ])('shows %s', async (_, message, expected) => {
    const whole = letter('1', {})
    const { ask } = await operators({ letters: [{ ...whole, message: { ...whole.message, ...message } }] })
    expect((await ask('GET', '/dead-letters')).json()[0].value).toEqual(expected)
  })

  it('refuses a filter it does not know', async () => {
    const { ask } = await operators()
    expect((await ask('GET', '/dead-letters?order=1')).json()).toMatchObject({ status: 400, code: 'invalid-request' })
  })
})

describe("the operators' API, when a letter is ended", () => {
  it('redrives, and tells what is left', async () => {
    const { ask, logged } = await operators({ letters: [letter('1', {})] })
    expect((await ask('POST', '/dead-letters/1/redrive')).json()).toEqual({ open: 1, trying: 0, orderId })
    expect((await ask('POST', '/dead-letters/2/redrive')).json()).toMatchObject({ status: 404, code: 'not-found' })
    const action = {
      msg: 'operator action',
      operator: 'ada',
      action: 'POST /admin/dead-letters/:id/redrive',
      target: { id: '1' },
      status: 200,
    }
    expect(logged()).toContainEqual(expect.objectContaining(action))
  })

  it('discards only with a reason, and writes it down', async () => {
    const { ask, asked, logged } = await operators({ letters: [letter('1', {})] })
    expect((await ask('POST', '/dead-letters/1/discard', { reason: ' ' })).statusCode).toBe(400)
    expect((await ask('POST', '/dead-letters/1/discard', { reason: 'planted' })).json()).toEqual({ open: 0, trying: 0, orderId })
    expect(asked).toEqual([{ discard: '1', reason: 'planted' }])
    expect(logged()).toContainEqual(expect.objectContaining({ msg: 'operator action', reason: 'planted', status: 200 }))
  })
})
