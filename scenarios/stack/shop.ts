import { randomUUID } from 'node:crypto'
import { type AskedOrder, type Line, type OrderStatus, type ServiceName, waitFor } from '@quadrille/testing'
import type { ProcessName } from './processes.ts'

/** An order as a scenario asks for it: an ordinary one unless it says otherwise. */
export interface Wish {
  readonly items?: readonly Line[]
  readonly token?: string
  readonly customer?: string
  readonly key?: string
  /** How it should end, unless a cancel is accepted; the invariant checker holds the system to it. */
  readonly ends?: OrderStatus | readonly OrderStatus[]
}

export interface OrderView {
  readonly orderId: string
  readonly status: OrderStatus
  readonly total: number
  readonly refundedAt?: string
}

export interface Answer<Body = Record<string, unknown>> {
  readonly status: number
  readonly body: Body
}

export interface Letter {
  readonly id: string
  readonly orderId: string | null
  readonly code: string
  readonly status: 'open' | 'redriven' | 'discarded'
}

/** What customers and operators can ask of the system, over HTTP. */
export interface Shop {
  /** Every order that was answered with 201. */
  readonly asked: readonly AskedOrder[]
  /** Asks, whatever the answer. */
  post(wish: Wish): Promise<Answer<OrderView>>
  /** Places an order that must be taken, and gives its id. */
  place(wish: Wish): Promise<string>
  cancel(orderId: string): Promise<Answer>
  cancelByOperator(orderId: string): Promise<Answer>
  order(orderId: string): Promise<OrderView>
  /** Resolves when an order has this status. */
  until(orderId: string, status: OrderStatus, deadline?: number): Promise<OrderView>
  /** `GET` of any service. */
  get<Body>(service: ServiceName, path: string): Promise<Body>
  letters(service: ServiceName, filter?: Readonly<Record<string, string>>): Promise<Letter[]>
  redrive(service: ServiceName, letterId: string): Promise<Answer<{ open: number }>>
  discard(service: ServiceName, letterId: string, reason: string): Promise<Answer<{ open: number }>>
}

export function createShop(urls: Readonly<Record<ProcessName, string>>, opsToken: string, diagnose: () => object): Shop {
  const asked: AskedOrder[] = []
  const operator = { authorization: `Bearer ${opsToken}`, 'x-operator': 'scenario' }
  const at = (service: ServiceName, path: string) => urls[service] + path

  async function post(wish: Wish) {
    const { customer = `c-${randomUUID().slice(0, 8)}`, key, ends } = wish
    const headers = key === undefined ? {} : { 'idempotency-key': key }
    const answer = await ask<OrderView>(at('orders', '/orders'), { body: bodyOf(wish, customer), headers })
    const scoped = key === undefined ? {} : { key: `${customer} ${key}` }
    if (answer.status === 201) asked.push({ orderId: answer.body.orderId, ...scoped, ...(ends && { ends: [ends].flat() }) })
    return answer
  }

  const get = async <Body>(service: ServiceName, path: string, headers = {}) => {
    const { status, body } = await ask<Body>(at(service, path), { headers })
    if (status !== 200) throw new Error(`GET ${path} of ${service} answered ${status}: ${JSON.stringify(body)}`)
    return body
  }
  const order = (orderId: string) => get<OrderView>('orders', `/orders/${orderId}`)

  /** An accepted cancel wins over all: so the order must end. */
  function heldTo(orderId: string, answer: Answer) {
    const place = asked.findIndex((order) => order.orderId === orderId)
    if (answer.body.status === 'cancelled') asked[place] = { ...asked[place]!, ends: ['cancelled'] }
    return answer
  }

  return {
    asked,
    post,
    async place(wish) {
      const { status, body } = await post(wish)
      if (status !== 201) throw new Error(`an order was answered with ${status}: ${JSON.stringify(body)}`)
      return body.orderId
    },
    cancel: async (orderId) => heldTo(orderId, await ask(at('orders', `/orders/${orderId}/cancel`), { body: {} })),
    cancelByOperator: async (orderId) =>
      heldTo(orderId, await ask(at('orders', `/admin/orders/${orderId}/cancel`), { body: {}, headers: operator })),
    order,
    async until(orderId, status, deadline = 20_000) {
      const there = async () => (await order(orderId)).status === status
      const what = `order ${orderId} to be ${status}`
      await waitFor(there, { deadline, what, diagnose: async () => ({ order: await order(orderId), ...diagnose() }) })
      return order(orderId)
    },
    get,
    letters: (service, filter = {}) => get(service, `/admin/dead-letters?${new URLSearchParams(filter)}`, operator),
    redrive: (service, id) => ask(at(service, `/admin/dead-letters/${id}/redrive`), { body: {}, headers: operator }),
    discard: (service, id, reason) => ask(at(service, `/admin/dead-letters/${id}/discard`), { body: { reason }, headers: operator }),
  }
}

const bodyOf = ({ items = [{ sku: 'mug-blue', quantity: 2 }], token = 'tok_ok' }: Wish, customer: string) => ({
  customer: { id: customer, email: `${customer}@example.com` },
  items,
  paymentToken: token,
})

/** POSTs where there is a body, and GETs otherwise. */
async function ask<Body = Record<string, unknown>>(
  url: string,
  { body, headers }: { body?: object; headers?: object },
): Promise<Answer<Body>> {
  const request = body && { method: 'POST', body: JSON.stringify(body) }
  const type = body && { 'content-type': 'application/json' }
  const response = await fetch(url, { ...request, headers: { ...type, ...headers }, signal: AbortSignal.timeout(15_000) })
  return { status: response.status, body: (await response.json()) as Body }
}
