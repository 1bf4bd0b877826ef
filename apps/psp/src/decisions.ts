import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Charge, Entry, Ledger, Refund } from './ledger.ts'
import { Problem } from './problem.ts'
import type { Switch } from './switch.ts'

const reference = z.string().min(1).max(200)
const amount = z.int().positive()

export const ChargeBody = z.object({ reference, amount, currency: z.string().regex(/^[A-Z]{3}$/), token: z.string().min(1) })
export const RefundBody = z.object({ reference, charge: reference, amount })

type Asked<Body> = { key: string; body: Body }
export type ChargeAsked = Asked<z.infer<typeof ChargeBody>>
export type RefundAsked = Asked<z.infer<typeof RefundBody>>

/** What is new in the books, or what they said before: a repeated key is answered from them. */
export type Decision = { entry: Entry; replayed: boolean }

const knownTokens = ['tok_ok', 'tok_declined', 'tok_slow', 'tok_flaky', 'tok_unavailable_once']

/** Captures or declines; throws the refusal that is no business answer. */
export function decideCharge(ledger: Ledger, { key, body }: ChargeAsked, { accept, declinePercent }: Switch, now = new Date()): Decision {
  const fingerprint = fingerprintOf('charge', body)
  const before = answeredBefore(ledger, key, fingerprint)
  if (before) return { entry: before, replayed: true }
  const { token, ...money } = body
  if (![...knownTokens, ...accept].includes(token)) throw new Problem(422, 'token-unknown', `the provider does not know the token ${token}`)
  const declined = token === 'tok_declined' || percentOf(key) < declinePercent
  const id = `ch_${crypto.randomUUID()}`
  const verdict = declined ? ({ status: 'declined', reason: 'card_declined' } as const) : ({ status: 'captured' } as const)
  return { entry: { kind: 'charge', id, key, ...money, ...verdict, at: now.toISOString(), fingerprint } satisfies Charge, replayed: false }
}

/** Gives back at most what was captured and not yet refunded. */
export function decideRefund(ledger: Ledger, { key, body }: RefundAsked, now = new Date()): Decision {
  const fingerprint = fingerprintOf('refund', body)
  const before = answeredBefore(ledger, key, fingerprint)
  if (before) return { entry: before, replayed: true }
  const charge = ledger.charge(body.charge)
  if (charge?.status !== 'captured') throw new Problem(422, 'charge-unknown', `nothing was captured under ${body.charge}`)
  const left = ledger.balance(body.charge)
  if (body.amount > left) throw new Problem(422, 'refund-too-large', `${body.amount} is more than the ${left} left of ${body.charge}`)
  const id = `re_${crypto.randomUUID()}`
  const { currency } = charge
  return {
    entry: { kind: 'refund', id, key, ...body, currency, status: 'refunded', at: now.toISOString(), fingerprint } satisfies Refund,
    replayed: false,
  }
}

function answeredBefore(ledger: Ledger, key: string, fingerprint: string): Entry | undefined {
  const before = ledger.byKey(key)
  if (before && before.fingerprint !== fingerprint)
    throw new Problem(422, 'key-reused', `the idempotency key ${key} came before with another body`)
  return before
}

/** The bodies come out of zod, so their fields are always in the same order. */
const fingerprintOf = (kind: string, body: object) => digest(JSON.stringify([kind, body])).toString('base64url')

/** Where a key falls among a hundred: always the same for one key, so that a run can be repeated. */
const percentOf = (key: string) => digest(key).readUInt32BE() % 100

const digest = (text: string) => createHash('sha256').update(text).digest()
