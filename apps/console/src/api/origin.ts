import { type Addresses, askOrder, type LetterDetails, originOf, services } from '@quadrille/ops'
import { notFound } from '@quadrille/service-kit'
import type { FastifyInstance } from 'fastify'
import type { LetterOrigin } from '../api-types.ts'
import { askAs, asProblem } from './story.ts'

/** Whether a dead letter's emitter ever emitted its record, which decides what is to be done: what `ops dlq show` tells. */
export function serveOrigin(app: FastifyInstance, addresses: Addresses): void {
  app.get<{ Params: { service: string; id: string } }>('/api/letters/:service/:id/origin', async (request): Promise<LetterOrigin> => {
    const { id } = request.params
    const service = services.find((name) => name === request.params.service)
    if (!service || !/^\d{1,18}$/.test(id)) throw notFound('no service has such a dead letter')
    const ask = askAs(request, addresses)
    const letter = await ask.get<LetterDetails>(service, `/admin/dead-letters/${id}`).catch(asProblem)
    if (letter.orderId === null || letter.origin !== 'event') return { origin: null, missing: [] }
    const { told, missing } = await askOrder(letter.orderId, { ask, addresses }).catch(asProblem)
    return { origin: originOf(letter, told), missing }
  })
}
