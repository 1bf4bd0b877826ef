import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ChargeBody, type Decision, decideCharge, decideRefund, RefundBody } from './decisions.ts'
import type { Journal } from './journal.ts'
import type { Entry, Ledger } from './ledger.ts'
import { Problem } from './problem.ts'
import type { Switch } from './switch.ts'

export type Provider = { ledger: Ledger; journal: Journal<Entry>; state: Switch }
type ByReference = { Params: { reference: string } }

/** What a merchant asks. Each decision enters the books in the same tick, so two requests with one key can never both capture. */
export function serveMerchants(app: FastifyInstance, { ledger, journal, state }: Provider): void {
  const turnedAway = new Set<string>()

  app.addHook('onRequest', async () => {
    if (state.down) throw new Problem(503, 'down', 'the provider is down')
  })

  app.post('/charges', async (request, reply) => {
    const asked = { key: keyOf(request), body: ChargeBody.parse(request.body) }
    const { token } = asked.body
    if (token === 'tok_unavailable_once' && isNew(turnedAway, asked.key))
      throw new Problem(503, 'unavailable', 'the provider is not available')
    const decision = decideCharge(ledger, asked, state)
    await enter(decision)
    if (!decision.replayed && token === 'tok_flaky') return loseAnswer(reply)
    if (!decision.replayed && token === 'tok_slow') await pause(state.slowMs, undefined, { ref: false })
    return late(reply, decision)
  })

  app.post('/refunds', async (request, reply) => {
    const decision = decideRefund(ledger, { key: keyOf(request), body: RefundBody.parse(request.body) })
    await enter(decision)
    return late(reply, decision)
  })

  app.get<ByReference>('/charges/:reference', ({ params }) => lookUp('charge', params.reference))
  app.get<ByReference>('/refunds/:reference', ({ params }) => lookUp('refund', params.reference))

  /** Nothing is answered before it is on disk, neither by the request that made it nor by one that repeats it. */
  async function enter({ entry, replayed }: Decision): Promise<void> {
    if (replayed) return journal.settled()
    ledger.record(entry)
    await journal.append(entry)
  }

  async function late(reply: FastifyReply, decision: Decision) {
    if (state.delayMs > 0) await pause(state.delayMs, undefined, { ref: false })
    return answer(reply, decision)
  }

  async function lookUp(kind: Entry['kind'], reference: string) {
    const entry = ledger[kind](reference)
    if (!entry) throw new Problem(404, `${kind}-unknown`, `there is no ${kind} ${reference}`)
    await journal.settled()
    return shown(entry)
  }
}

function keyOf({ headers }: FastifyRequest): string {
  const key = headers['idempotency-key']
  if (typeof key === 'string' && key) return key
  throw new Problem(400, 'key-missing', 'the header Idempotency-Key is required')
}

function isNew(seen: Set<string>, key: string): boolean {
  const fresh = !seen.has(key)
  seen.add(key)
  return fresh
}

function loseAnswer(reply: FastifyReply): void {
  reply.hijack()
  reply.raw.destroy()
}

function answer(reply: FastifyReply, { entry, replayed }: Decision) {
  if (replayed) reply.header('idempotent-replayed', 'true')
  return reply.code(replayed ? 200 : 201).send(shown(entry))
}

/** The caller knows its key, and the fingerprint is the provider's own. */
const shown = ({ key: _key, fingerprint: _fingerprint, ...facts }: Entry) => facts
