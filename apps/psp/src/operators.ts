import type { FastifyInstance } from 'fastify'
import { type Entry, orderOf } from './ledger.ts'
import type { Provider } from './merchants.ts'
import { SwitchBody } from './switch.ts'

/** What the lab asks: the whole ledger, and how to misbehave. It answers also while the provider is down. */
export function serveOperators(app: FastifyInstance, { ledger, journal, state }: Provider): void {
  app.get('/livez', () => ({ status: 'ok' }))
  app.get('/readyz', () => ({ status: 'ok' }))
  app.get('/switch', () => state)
  app.put('/switch', ({ body }) => {
    Object.assign(state, SwitchBody.parse(body))
    app.log.info(state, 'switch changed')
    return state
  })
  app.get('/ledger', async () => {
    const entries = ledger.entries()
    await journal.settled()
    return entries.map(witnessed)
  })
}

/** One line of `GET /ledger`. */
export type LedgerLine = ReturnType<typeof witnessed>

const witnessed = ({ fingerprint: _fingerprint, ...entry }: Entry) => ({ ...entry, orderId: orderOf(entry.reference) })
