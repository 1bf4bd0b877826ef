import rateLimit from '@fastify/rate-limit'
import { OrderId, Reason } from '@quadrille/contracts'
import { type App, type Guard, HttpProblem, MaybeWhy, notFound, type Routes, type Running } from '@quadrille/service-kit'
import { z } from 'zod'
import { backlogAllows, perCustomer } from './limits.ts'
import { type CancelReply, type OperatorReply, type PlaceReply, viewOf } from './order.ts'
import { listing } from './order-list.ts'
import type { Products } from './products.ts'
import { asCommand, orderRequest } from './request.ts'
import { ordersStore } from './store.ts'
import { TimelineEvent, timelineOf } from './timeline.ts'
import { createTurns, submitted } from './turns.ts'
import { OrderView, statuses } from './view.ts'

export interface Shop {
  readonly products: Products
  /** Orders a second that one customer may place; 0 takes the limit off. */
  readonly ordersPerSecond: number
}

const params = z.object({ id: OrderId })
const CancelRequest = z.strictObject({ reason: Reason.optional() }).nullish()
const Status = z.object({ orderId: z.uuid(), status: z.enum(statuses) })
const ProductView = z.object({ sku: z.string(), name: z.string(), price: z.int(), currency: z.string() })
const keyed = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, 'must be 1 to 255 printable characters')
    .optional(),
})

/** What customers, and operators, may ask of orders. */
export const routes = (shop: Shop) =>
  (async (app, running, ops) => {
    await app.register(rateLimit, { global: false })
    placing(shop)(app, running)
    reading(app, running)
    cancelling(app, running, ops)
    listing(app, running, ops)
    const schema = { summary: 'What can be ordered', response: { 200: z.array(ProductView) } }
    app.get('/products', { schema }, () => [...shop.products.values()])
  }) satisfies Routes

const placing =
  ({ products, ordersPerSecond }: Shop) =>
  (app: App, running: Running) => {
    const inTurn = createTurns()
    const schema = { summary: 'Place an order', body: orderRequest(products), headers: keyed, response: { 201: OrderView } }
    const limits = { preHandler: backlogAllows(running), config: { rateLimit: perCustomer(ordersPerSecond) } }
    app.post('/orders', { schema, ...limits }, async ({ body, headers }, reply) => {
      const command = asCommand(products, body, headers['idempotency-key'])
      const key = command.idempotency?.key
      const { order, replayed } = taken(await inTurn(key, () => submitted<PlaceReply>(running, 'place', command, key)))
      if (replayed) reply.header('idempotent-replayed', 'true')
      return reply.code(201).header('location', `/orders/${order.orderId}`).send(order)
    })
  }

function reading(app: App, running: Running) {
  const order = { summary: 'An order, as it stands', params, response: { 200: OrderView } }
  app.get('/orders/:id', { schema: order }, async ({ params: { id } }) => viewOf(await found(running, id)))

  const events = { summary: 'What happened to an order: all that orders told and heard', params, response: { 200: z.array(TimelineEvent) } }
  app.get('/orders/:id/events', { schema: events }, async ({ params: { id } }) => {
    const [timeline] = await Promise.all([timelineOf(running, id), found(running, id)])
    return timeline
  })
}

function cancelling(app: App, running: Running, ops: Guard) {
  const cancel = { params, response: { 200: Status, 202: Status } }
  const byCustomer = { summary: 'Cancel an order', body: CancelRequest, ...cancel }
  app.post('/orders/:id/cancel', { schema: byCustomer }, async ({ params: { id }, body }, reply) => {
    await found(running, id) // a command for an order that never was would leave a row for it
    const { repeated } = accepted(await submitted<CancelReply>(running, 'cancel', { orderId: id, reason: body?.reason }), id)
    return reply.code(repeated ? 200 : 202).send({ orderId: id, status: 'cancelled' })
  })

  const byOperator = { summary: 'Cancel an order, whatever its age and status', security: [{ operator: [] }], body: MaybeWhy, ...cancel }
  app.post('/admin/orders/:id/cancel', { schema: byOperator, onRequest: ops }, async ({ params: { id }, body }, reply) => {
    const answer = await submitted<OperatorReply>(running, 'cancelByOperator', { orderId: id, reason: body?.reason })
    if (answer.kind === 'unknown') throw unknownOrder(id)
    return reply.code(202).send({ orderId: id, status: answer.status })
  })
}

const unknownOrder = (id: string) => notFound(`there is no order ${id}`)

async function found(running: Running, id: string) {
  const order = (await ordersStore.load(running, [id])).get(id)
  if (!order || order.status === 'new') throw unknownOrder(id)
  return order
}

function taken(reply: PlaceReply) {
  if (reply.kind === 'placed') return reply
  throw new HttpProblem(422, 'key-reused', 'This Idempotency-Key came before with another body')
}

function accepted(reply: CancelReply, id: string) {
  switch (reply.kind) {
    case 'cancelled':
      return reply
    case 'unknown':
      throw unknownOrder(id)
    case 'too-late':
      throw new HttpProblem(409, 'too-late', 'The time to cancel this order has passed')
    case 'already-over':
      throw new HttpProblem(409, 'already-over', 'This order has ended already', { more: { orderStatus: reply.status } })
  }
}
