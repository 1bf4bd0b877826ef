import { isOrderId } from '@quadrille/contracts'
import type { OrderList } from '../answers.ts'
import { type Ops, query } from '../command.ts'
import { misuse, refusal } from '../exit.ts'

/** The id of an order: as it is, or by the short number that mails show, its last 8 characters. */
export async function orderIdOf(word: string, { ask }: Pick<Ops, 'ask'>): Promise<string> {
  const id = word.toLowerCase()
  if (isOrderId(id)) return id
  if (!/^[0-9a-f]{8}$/.test(id))
    throw misuse(`${word} is no order id: it looks like 0199c0de-0000-7000-8000-000000000001, or in mails like its end, 00000001`)
  const { orders } = await ask.get<Pick<OrderList, 'orders'>>('orders', `/admin/orders${query({ short: word.toUpperCase() })}`)
  const [first, ...more] = orders
  if (!first) throw refusal(`no order ends in ${word.toUpperCase()}: ops orders ls lists them`)
  if (more.length === 0) return first.orderId
  throw refusal(`${orders.length} orders end in ${word.toUpperCase()}: say which, ${orders.map(({ orderId }) => orderId).join(' or ')}`)
}
