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

export interface Task {
  readonly id: string
  readonly status: string
  readonly total: number
  readonly done: number
  readonly error: string | null
}

/** What customers can ask of the system, over HTTP. */
interface Counter {
  /** Every order that was answered with 201. */
  readonly asked: readonly AskedOrder[]
  /** Orders that were promised to others: the checker holds the system to these as well. */
  promised(orders: readonly AskedOrder[]): void
  /** Asks, whatever the answer. */
  post(wish: Wish): Promise<Answer<OrderView>>
  /** Places an order that must be taken, and gives its id. */
  place(wish: Wish): Promise<string>
  cancel(orderId: string): Promise<Answer>
  order(orderId: string): Promise<OrderView>
  /** Resolves when an order has this status. */
  until(orderId: string, status: OrderStatus, deadline?: number): Promise<OrderView>
  /** `GET` of any service. */
  get<Body>(service: ServiceName, path: string): Promise<Body>
}

/** What operators can. */
interface Office {
  cancelByOperator(orderId: string): Promise<Answer>
  letters(service: ServiceName, filter?: Readonly<Record<string, string>>): Promise<Letter[]>
  /** The first open letter with that code, of that order where one is named, once it is there. */
  letterAt(service: ServiceName, code: string, orderId?: string | null): Promise<Letter>
  redrive(service: ServiceName, letterId: string): Promise<Answer<{ open: number }>>
  discard(service: ServiceName, letterId: string, reason: string): Promise<Answer<{ open: number }>>
  /** Pauses or resumes a service's consumer. */
  consumer(service: ServiceName, what: 'pause' | 'resume'): Promise<Answer>
  /** Begins long work, and waits until it is over. */
  task(service: ServiceName, request: object): Promise<Task>
}

export type Shop = Counter & Office

type Urls = Readonly<Record<ProcessName, string>>
/** An accepted cancel wins over all: so the order must end. */
type HoldTo = (orderId: string, answer: Answer) => Answer

/** @param diagnose what to tell beside an order that does not get where it should */
export function createShop(urls: Urls, opsToken: string, diagnose: () => object): Shop {
  const asked: AskedOrder[] = []
  const holdTo: HoldTo = (orderId, answer) => {
    const place = asked.findIndex((order) => order.orderId === orderId)
    if (answer.body.status === 'cancelled') asked[place] = { ...asked[place]!, ends: ['cancelled'] }
    return answer
  }
  return { ...createCounter(urls, asked, holdTo, diagnose), ...createOffice(urls, opsToken, holdTo) }
}

function createCounter(urls: Urls, asked: AskedOrder[], holdTo: HoldTo, diagnose: () => object): Counter {
  const order = (orderId: string) => read<OrderView>(`${urls.orders}/orders/${orderId}`)

  async function post(wish: Wish) {
    const { customer = `c-${randomUUID().slice(0, 8)}`, key, ends } = wish
    const headers = key === undefined ? {} : { 'idempotency-key': key }
    const answer = await ask<OrderView>(`${urls.orders}/orders`, { body: bodyOf(wish, customer), headers })
    const scoped = key === undefined ? {} : { key: `${customer} ${key}` }
    if (answer.status === 201) asked.push({ orderId: answer.body.orderId, ...scoped, ...(ends && { ends: [ends].flat() }) })
    return answer
  }

  return {
    asked,
    promised: (orders) => void asked.push(...orders),
    post,
    async place(wish) {
      const { status, body } = await post(wish)
      if (status !== 201) throw new Error(`an order was answered with ${status}: ${JSON.stringify(body)}`)
      return body.orderId
    },
    cancel: async (orderId) => holdTo(orderId, await ask(`${urls.orders}/orders/${orderId}/cancel`, { body: {} })),
    order,
    async until(orderId, status, deadline = 20_000) {
      const there = async () => (await order(orderId)).status === status
      const what = `order ${orderId} to be ${status}`
      await waitFor(there, { deadline, what, diagnose: async () => ({ order: await order(orderId), ...diagnose() }) })
      return order(orderId)
    },
    get: (service, path) => read(urls[service] + path),
  }
}

function createOffice(urls: Urls, opsToken: string, holdTo: HoldTo): Office {
  const headers = { authorization: `Bearer ${opsToken}`, 'x-operator': 'scenario' }
  const post = <Body>(service: ServiceName, path: string, body: object) => ask<Body>(`${urls[service]}/admin/${path}`, { body, headers })
  const letters = (service: ServiceName, filter: Readonly<Record<string, string>> = {}) =>
    read<Letter[]>(`${urls[service]}/admin/dead-letters?${new URLSearchParams(filter)}`, headers)
  return {
    cancelByOperator: async (orderId) => holdTo(orderId, await post('orders', `orders/${orderId}/cancel`, {})),
    letters,
    letterAt(service, code, orderId) {
      const isMeant = (letter: Letter) => orderId === undefined || letter.orderId === orderId
      const open = async () => (await letters(service, { open: 'true', code })).find(isMeant)
      return waitFor(open, { deadline: 20_000, what: `a letter ${code} at ${service}`, diagnose: () => letters(service) })
    },
    redrive: (service, id) => post(service, `dead-letters/${id}/redrive`, {}),
    discard: (service, id, reason) => post(service, `dead-letters/${id}/discard`, { reason }),
    consumer: (service, what) => post(service, `consumer/${what}`, what === 'pause' ? { reason: 'a scenario' } : {}),
    async task(service, request) {
      const { body } = await post<Task>(service, 'tasks', request)
      const look = () => read<Task>(`${urls[service]}/admin/tasks/${body.id}`, headers)
      const over = async () => [await look()].find(({ status }) => ['done', 'failed', 'cancelled'].includes(status))
      return waitFor(over, {
        deadline: 90_000,
        every: 200,
        what: `the task of ${service}`,
        diagnose: async () => ({ body, now: await look() }),
      })
    },
  }
}

const bodyOf = ({ items = [{ sku: 'mug-blue', quantity: 2 }], token = 'tok_ok' }: Wish, customer: string) => ({
  customer: { id: customer, email: `${customer}@example.com` },
  items,
  paymentToken: token,
})

async function read<Body>(url: string, headers = {}): Promise<Body> {
  const { status, body } = await ask<Body>(url, { headers })
  if (status !== 200) throw new Error(`GET ${url} answered ${status}: ${JSON.stringify(body)}`)
  return body
}

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
