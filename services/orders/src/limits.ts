import type { RateLimitOptions } from '@fastify/rate-limit'
import { HttpProblem, type Running, takesMore } from '@quadrille/service-kit'
import type { OrderRequest } from './request.ts'

/** An order that could not be passed on for a long time is better refused than promised. */
export const backlogAllows =
  ({ backlog, config }: Running) =>
  async () => {
    if (!takesMore(backlog(), config))
      throw new HttpProblem(503, 'backlog', 'Too many orders are waiting to be passed on', { headers: { 'retry-after': '30' } })
  }

/** Counted per customer once the body is known, and by this process alone. */
export const perCustomer = (ordersPerSecond: number): RateLimitOptions | false =>
  ordersPerSecond > 0 && {
    max: ordersPerSecond,
    timeWindow: 1_000,
    hook: 'preHandler',
    keyGenerator: ({ body }) => (body as OrderRequest).customer.id,
    errorResponseBuilder: (_request, { max }) =>
      new HttpProblem(429, 'too-many-orders', `More than ${max} orders a second from one customer`, { headers: { 'retry-after': '1' } }),
  }
