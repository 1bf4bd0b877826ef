import { EffectRefused } from '@quadrille/messaging'
import { z } from 'zod'
import type { ChargeAnswer, RefundAnswer } from './payment.ts'

/** The payment provider, as payments needs it; `reference` is also the idempotency key. */
export interface Psp {
  charge(asked: { reference: string; amount: number; currency: string; token: string }, signal: AbortSignal): Promise<ChargeAnswer>
  findCharge(reference: string, signal: AbortSignal): Promise<ChargeAnswer | undefined>
  refund(asked: { reference: string; charge: string; amount: number }, signal: AbortSignal): Promise<RefundAnswer>
  findRefund(reference: string, signal: AbortSignal): Promise<RefundAnswer | undefined>
}

export interface PaymentsWorld {
  readonly psp: Psp
}

const TIMEOUT_MS = 5_000
const WORTH_ANOTHER_TRY = new Set([408, 409, 425, 429])

const id = z.string().min(1).max(128)
const ChargeReply = z.discriminatedUnion('status', [
  z.object({ status: z.literal('captured'), id }).transform((reply) => ({ status: reply.status, chargeId: reply.id })),
  z.object({ status: z.literal('declined'), reason: z.string().min(1).max(200).catch('declined') }),
])
const RefundReply = z.object({ status: z.literal('refunded'), id }).transform((reply) => ({ refundId: reply.id }))

/** Speaks to the provider over HTTP. A refusal that no retry mends is thrown as EffectRefused, all else as the environment's failure. */
export function createPsp(url: string): Psp {
  const at = (path: string, reference = '') => new URL(path + encodeURIComponent(reference), `${url.replace(/\/+$/, '')}/`)

  async function post<Reply>(reply: z.ZodType<Reply>, path: string, asked: { reference: string }, signal: AbortSignal) {
    const headers = { 'content-type': 'application/json', 'idempotency-key': asked.reference }
    return read(reply, await ask(at(path), { method: 'POST', headers, body: JSON.stringify(asked) }, signal))
  }

  async function find<Reply>(reply: z.ZodType<Reply>, path: string, reference: string, signal: AbortSignal) {
    const response = await ask(at(path, reference), {}, signal)
    return response.status === 404 ? undefined : read(reply, response)
  }

  return {
    charge: (asked, signal) => post(ChargeReply, 'charges', asked, signal),
    findCharge: (reference, signal) => find(ChargeReply, 'charges/', reference, signal),
    refund: (asked, signal) => post(RefundReply, 'refunds', asked, signal),
    findRefund: (reference, signal) => find(RefundReply, 'refunds/', reference, signal),
  }
}

const ask = (url: URL, request: RequestInit, signal: AbortSignal) =>
  fetch(url, { ...request, redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) })

/** An answer that cannot be read says nothing about the money: it is asked for again. */
async function read<Reply>(reply: z.ZodType<Reply>, response: Response): Promise<Reply> {
  if (!response.ok) throw await failure(response)
  return reply.parse(await response.json())
}

/** Tells the provider's code, never its words: they may quote the token. */
async function failure(response: Response): Promise<Error> {
  const problem = z.object({ code: z.string().max(64) }).safeParse(await response.json().catch(() => undefined))
  const message = `the payment provider answered ${response.status}${problem.success ? ` ${problem.data.code}` : ''}`
  const refused = response.status >= 400 && response.status < 500 && !WORTH_ANOTHER_TRY.has(response.status)
  return refused ? new EffectRefused(message) : new Error(message)
}
