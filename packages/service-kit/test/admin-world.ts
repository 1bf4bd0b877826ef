import { HEADERS, OrderPlaced } from '@quadrille/contracts'
import type { DeadLetter, Message, Operators } from '@quadrille/messaging'
import { serveOperators } from '../src/admin/index.ts'
import { type AuditTrail, createGuard } from '../src/guard.ts'
import { fakeAudit, fakeOperators, fakeRuntime, sampleApp } from './fakes.ts'

export const TOKEN = 'open-sesame'
export const READ_TOKEN = 'only-a-look'
export const orderId = OrderPlaced.example.orderId

/** A dead letter that breaks its contract, unless told otherwise. */
export function letter(
  id: string,
  { value, headers, ...rest }: Partial<DeadLetter> & Partial<Pick<Message, 'value' | 'headers'>>,
): DeadLetter {
  return {
    ...{
      id,
      orderId,
      eventId: `e-${id}`,
      origin: 'event',
      code: 'CONTRACT_DATA',
      error: 'total: must be whole',
      attempts: 1,
      effectKey: null,
    },
    ...{ parkedAt: new Date(0), outcome: null, endedReason: null, endedAt: null, valueBytes: 0 },
    message: {
      ...{ topic: 'orders.v1', partition: 3, offset: '7', timestamp: '0', key: Buffer.from(orderId) },
      value: value ?? Buffer.from(JSON.stringify({ ...OrderPlaced.example, total: 'free' })),
      headers: headers ?? { [HEADERS.type]: Buffer.from('OrderPlaced.v1') },
    },
    ...rest,
  }
}

/** The operators' API over a runtime that only remembers. */
export async function operators({
  off = false,
  letters = [] as DeadLetter[],
  changed = {} as Partial<Operators>,
  audit = {} as Partial<AuditTrail>,
  meanwhile = () => {},
} = {}) {
  const { app, logged } = await sampleApp()
  const { runtime, asked } = fakeRuntime({ letters, meanwhile, operators: fakeOperators(changed) })
  const { audit: kept, rows } = fakeAudit()
  serveOperators(app, runtime, createGuard(app, off ? {} : { token: TOKEN, readToken: READ_TOKEN }, { ...kept, ...audit }))
  const ask = (method: 'GET' | 'POST', url: string, payload?: object, authorization: string | undefined = `Bearer ${TOKEN}`) =>
    app.inject({ method, url: `/admin${url}`, headers: { 'x-operator': 'ada', ...(authorization && { authorization }) }, payload })
  return { app, ask, asked, logged, audited: rows }
}
