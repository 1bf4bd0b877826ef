import { describe, expect, it } from '@jest/globals'
import { createApp, createLog, createTelemetry, type Running } from '@quadrille/service-kit'
import { routes } from '../src/http.ts'
import { newPayment, type Payment } from '../src/payment.ts'

const orderId = '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e'
const captured: Payment = { ...newPayment(orderId), status: 'captured', amount: 2580, currency: 'EUR', chargeId: 'ch_1' }

async function appOver(payments: Payment[]) {
  const { meter, tracer } = createTelemetry({ service: 'payments' })
  const app = await createApp({ service: 'payments', log: createLog({ service: 'payments', level: 'silent' }), meter, tracer })
  routes(app, { query: async () => payments } as unknown as Running)
  return app
}

describe('GET /payments/:orderId', () => {
  it('shows the payment, without what is not known yet', async () => {
    const response = await (await appOver([captured])).inject(`/payments/${orderId}`)
    expect(response.json()).toEqual({ orderId, status: 'captured', stopped: false, amount: 2580, currency: 'EUR', chargeId: 'ch_1' })
  })
  it.each([
    [orderId, 404],
    ['nonsense', 400],
  ])('knows no payment of %s', async (id, status) => {
    const response = await (await appOver([])).inject(`/payments/${id}`)
    expect([response.statusCode, response.headers['content-type']]).toEqual([status, expect.stringContaining('application/problem+json')])
  })
})
