import type { Mail, OrderRecord, OrderView } from '../answers.ts'
import type { Ops } from '../command.ts'
import { OpsError } from '../exit.ts'
import type { Told } from './story.ts'

type Asking = Pick<Ops, 'ask' | 'addresses'>

/** Asks every service what it has of an order; who does not answer is missing. */
export async function askOrder(orderId: string, ops: Asking): Promise<{ readonly told: Told; readonly missing: readonly string[] }> {
  const { found, missing } = await ops.ask.everywhere<OrderRecord>(`/admin/orders/${orderId}`)
  const [order, mails] = await Promise.all([
    own<OrderView | null>(ops, 'orders', `/orders/${orderId}`, null),
    own<readonly Mail[]>(ops, 'email', `/orders/${orderId}/mails`, []),
  ])
  return { told: { orderId, order, mails, records: new Map(found.map(({ service, body }) => [service, body])) }, missing }
}

/** A service's own view; what is missing or does not answer is no reason to show nothing. */
const own = <Body>({ ask, addresses }: Asking, service: 'orders' | 'email', path: string, otherwise: Body): Promise<Body> =>
  ask.open<Body>(addresses.services[service], path).catch((error: unknown) => {
    if (error instanceof OpsError) return otherwise
    throw error
  })
