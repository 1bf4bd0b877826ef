import { type Addresses, askOrder, createClient, EXIT, isStuck, OpsError, Refused, storyOf, waitsTogether } from '@quadrille/ops'
import { HttpProblem, notFound, operatorOf, unavailable } from '@quadrille/service-kit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { OrderStory } from '../api-types.ts'
import { knownId } from './orders.ts'
import { tokenOf } from './token.ts'

/** An order's story, as the services tell it themselves: what `ops orders show` shows. They check the token. */
export function serveStory(app: FastifyInstance, addresses: Addresses): void {
  app.get<{ Params: { id: string } }>('/api/orders/:id/story', async (request): Promise<OrderStory> => {
    const orderId = knownId(request.params.id)
    const ask = askAs(request, addresses)
    const { told, missing } = await askOrder(orderId, { ask, addresses }).catch(asProblem)
    const story = storyOf(told)
    return { story, stuck: isStuck(story), waits: waitsTogether(story.waits), missing }
  })
}

/** A client of the services for whoever asks the console. */
export const askAs = (request: FastifyRequest, addresses: Addresses) =>
  createClient({ ...callerOf(request), addresses, forPrograms: true, signal: AbortSignal.timeout(10_000), fetch })

function callerOf(request: FastifyRequest) {
  const token = tokenOf(request)
  if (token === undefined) throw notAnOperator('send the OPS_TOKEN of the services as a bearer token')
  return { token: () => token, operator: request.headers['x-operator'] === undefined ? 'console' : operatorOf(request) }
}

const notAnOperator = (detail: string) =>
  new HttpProblem(401, 'not-an-operator', 'This is for operators', { detail, headers: { 'www-authenticate': 'Bearer' } })

export function asProblem(error: unknown): never {
  if (!(error instanceof OpsError)) throw error
  if (error.exit === EXIT.unreachable) throw unavailable(error.message, error)
  throw error instanceof Refused ? refusedWith(error) : notAnOperator(error.message)
}

function refusedWith({ status, message }: Refused): HttpProblem {
  if (status === 401) return notAnOperator(message)
  return status === 404 ? notFound(message) : new HttpProblem(status, 'refused', 'A service refuses this', { detail: message })
}
