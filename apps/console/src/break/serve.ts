import { EXIT, OpsError } from '@quadrille/ops'
import { HttpProblem, notFound, operatorOf, unavailable } from '@quadrille/service-kit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isOperators } from '../api/token.ts'
import type { BreakState, Fault } from '../api-types.ts'
import { ABSENT } from './catalogue.ts'
import type { Keeper } from './keeper.ts'
import type { Wish } from './standing.ts'

export interface BreakOptions {
  readonly keeper: Pick<Keeper, 'begin' | 'undo' | 'standing' | 'lately'>
  readonly faults: readonly Fault[]
  readonly token: string | undefined
}

type OfOne = { Params: { fault: string } }

/** `/api/break`: what can be broken on purpose, what is, and its end. All of it is for operators who may change something. */
export function serveBreak(app: FastifyInstance, { keeper, faults, token }: BreakOptions): void {
  const state = (): BreakState => ({
    ...{ faults, absent: faults.some(({ id }) => id === 'kill') ? null : ABSENT },
    ...{ standing: keeper.standing(), lately: keeper.lately() },
  })
  const guard = async (request: FastifyRequest) => {
    if (isOperators(request, [token])) return
    const detail = 'send the OPS_TOKEN of the services as a bearer token'
    throw new HttpProblem(401, 'not-an-operator', 'This is for operators', { detail, headers: { 'www-authenticate': 'Bearer' } })
  }
  const faultOf = ({ params }: FastifyRequest<OfOne>) => {
    const fault = faults.find(({ id }) => id === params.fault)
    if (!fault) throw notFound(`nobody can break ${params.fault.slice(0, 64)} here`)
    return fault
  }
  app.get('/api/break', { onRequest: guard }, state)
  app.post<OfOne>('/api/break/:fault', { onRequest: guard }, async (request) => {
    await keeper.begin(wishOf(faultOf(request), request)).catch(asProblem)
    return state()
  })
  app.post<OfOne>('/api/break/:fault/undo', { onRequest: guard }, async (request) => {
    const { fault, target } = wishOf(faultOf(request), request)
    await keeper.undo(fault.id, target)
    return state()
  })
}

function wishOf(fault: Fault, request: FastifyRequest): Wish {
  const { targets, number, seconds: usual } = fault
  const read = schemaOf(fault).safeParse(request.body ?? {})
  if (!read.success) {
    const errors = read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
    throw new HttpProblem(400, 'invalid-request', 'The request is not valid', { detail: `see errors: ${errors.length}`, more: { errors } })
  }
  const { target, number: given, seconds = usual } = read.data
  return {
    ...{ fault: { ...fault, seconds }, target: targets.length > 0 ? target! : null },
    ...{ number: number ? (given ?? number.usual) : null, by: operatorOf(request) },
  }
}

const schemaOf = ({ targets, number, mostSeconds }: Fault) =>
  z.strictObject({
    target: targets.length > 0 ? z.enum(targets) : z.undefined().optional(),
    number: number ? z.int().min(number.least).max(number.most).optional() : z.undefined().optional(),
    seconds: mostSeconds > 0 ? z.int().min(1).max(mostSeconds).optional() : z.undefined().optional(),
  })

/** Whoever was asked to misbehave did not, and says why. */
function asProblem(error: unknown): never {
  if (error instanceof HttpProblem) throw error
  const { message } = error as Error
  if (error instanceof OpsError && error.exit !== EXIT.unreachable)
    throw new HttpProblem(409, 'not-broken', 'It was not done', { detail: message, cause: error })
  throw unavailable(message, error)
}
