import { type Service, services } from '../addresses.ts'
import type { Consumer, Mail, OrderRecord, OrderView } from '../answers.ts'
import type { Ops } from '../command.ts'
import { OpsError } from '../exit.ts'
import type { Pause } from './holds.ts'
import type { Told } from './story.ts'

type Asking = Pick<Ops, 'ask' | 'addresses'>

/** Asks every service what it has of an order; who does not answer is missing. */
export async function askOrder(orderId: string, ops: Asking): Promise<{ readonly told: Told; readonly missing: readonly string[] }> {
  const [{ found, missing }, pauses, order, mails] = await Promise.all([
    ops.ask.everywhere<OrderRecord>(`/admin/orders/${orderId}`),
    pausesOf(ops),
    own<OrderView | null>(ops, 'orders', `/orders/${orderId}`, null),
    own<readonly Mail[]>(ops, 'email', `/orders/${orderId}/mails`, []),
  ])
  return { told: { orderId, order, mails, pauses, records: new Map(found.map(({ service, body }) => [service, body])) }, missing }
}

/** A service's own view; what is missing or does not answer is no reason to show nothing. */
const own = <Body>({ ask, addresses }: Asking, service: 'orders' | 'email', path: string, otherwise: Body): Promise<Body> =>
  ask.open<Body>(addresses.services[service], path).catch(orNothing(otherwise))

const orNothing =
  <Nothing>(nothing: Nothing) =>
  (error: unknown): Nothing => {
    if (error instanceof OpsError) return nothing
    throw error
  }

/** Whose consumer is paused, of those that tell: nobody asked for that, so who does not is not missing. */
async function pausesOf({ ask }: Asking): Promise<ReadonlyMap<Service, Pause>> {
  const asked = services.map(async (service) => {
    const { paused } = await ask.get<Consumer>(service, '/admin/consumer').catch(orNothing<{ paused: null }>({ paused: null }))
    return paused ? [[service, paused] as const] : []
  })
  return new Map((await Promise.all(asked)).flat())
}
