import { OrderPlaced, PaymentCaptured } from '@quadrille/contracts'
import type { FastifyInstance } from 'fastify'
import type { AuditRow, Effect, LetterDetails, Origin, Outbox, ServiceName, Task } from '../../src/api-types.ts'
import { names } from './pulse.ts'

type Letter = LetterDetails & { readonly value: unknown }

interface Office {
  letters: Letter[]
  tasks: Task[]
  audit: AuditRow[]
}

/** The operators' API of the invented services, so far as the page uses it. */
export function serveFakeOperators(app: FastifyInstance): void {
  const offices = new Map<string, Office>(names.map((name) => [name, { letters: lettersOf(name), tasks: [], audit: [] }]))
  const path = '/api/services/:service/admin'
  type One = { Params: { service: string; id: string }; Querystring: Record<string, string>; Body: Asked }
  const office = ({ params }: { params: { service: string } }) => offices.get(params.service)!
  app.get<One>(`${path}/dead-letters/summary`, (request) => summaryOf(office(request)))
  app.get<One>(`${path}/dead-letters`, (request) => listed(office(request), request.query))
  app.get<One>(`${path}/dead-letters/:id`, (request) => office(request).letters.find(({ id }) => id === request.params.id))
  app.post<One>(`${path}/dead-letters/:id/redrive`, (request) => end(office(request), request.params.id, 'redriven', request.body))
  app.post<One>(`${path}/dead-letters/:id/discard`, (request) => end(office(request), request.params.id, 'discarded', request.body))
  app.post<One>(`${path}/tasks`, (request, reply) => begin(office(request), request.body, reply))
  app.get<One>(`${path}/tasks`, (request) => office(request).tasks.map(further))
  app.get<One>(`${path}/tasks/:id`, (request) => further(office(request).tasks.find(({ id }) => id === request.params.id)!))
  const origin: Origin = {
    emitter: 'payments',
    emitted: 'never',
    genuine: 'payments.v1-3-3991',
    letters: ['orders/3', 'email/3'],
    unread: ['loyalty'],
    open: null,
    underWay: [],
  }
  app.get<One>('/api/letters/:service/:id/origin', ({ params: { service } }) => ({
    origin: service === 'email' ? origin : null,
    missing: [],
  }))
  app.get<One>(`${path}/audit`, (request) => office(request).audit)
  app.get<One>(`${path}/outbox`, ({ params }) => outboxOf(params.service))
  app.get<One>(`${path}/effects`, ({ params }) => (params.service === 'payments' ? effects() : []))
}

interface Asked {
  readonly kind?: string
  readonly reason?: string
  readonly dryRun?: boolean
  readonly select?: { readonly code: string }
  readonly ratePerSecond?: number
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString()
const orderOf = (n: number) => `0199c0de-0000-7000-8000-${String(100000 + n).padStart(12, '0')}`

function lettersOf(service: ServiceName): Letter[] {
  const text = "TypeError: Cannot read properties of undefined (reading 'weight') at pack (services/warehouse/src/parcel.ts:41:23)"
  if (service === 'warehouse')
    return [
      ...Array.from({ length: 64 }, (_, n) => letter(n + 1, 'HANDLER', text)),
      ...Array.from({ length: 3 }, (_, n) => letter(n + 70, 'WAITING', 'an earlier event of its order is parked')),
    ]
  if (service === 'loyalty') return []
  const broken = letter(
    3,
    'CONTRACT_DATA',
    'PaymentCaptured.v1 breaks its contract: amount: Invalid input: expected number, received string',
  )
  const refused = {
    ...letter(8, 'EFFECT_REFUSED', 'the provider answered 422 token-unknown: it does not know the bank of this card'),
    effectKey: `capture:${orderOf(8)}`,
    origin: 'effect' as const,
  }
  return service === 'payments' ? [refused] : [broken]
}

function letter(n: number, code: string, error: string): Letter {
  const isBroken = code === 'CONTRACT_DATA'
  const example = isBroken
    ? { ...PaymentCaptured.example, amount: 'much', currency: undefined }
    : { ...OrderPlaced.example, customer: { id: 'c-1', email: '***' }, paymentToken: '***' }
  const value = { ...example, orderId: orderOf(n) }
  return {
    ...{
      id: String(n),
      orderId: orderOf(n),
      eventId: `0199c0de-1111-7000-8000-${String(n).padStart(12, '0')}`,
      origin: 'event',
      status: 'open',
      code,
      error,
    },
    ...{ attempts: 1, effectKey: null, topic: isBroken ? 'payments.v1' : 'orders.v1', partition: n % 12, offset: String(4_000 + n) },
    ...{
      timestamp: '0',
      parkedAt: ago(4_000 - n * 30),
      endedAt: null,
      endedReason: null,
      key: orderOf(n),
      value,
      text: JSON.stringify(value, null, 2),
      hex: null,
    },
    headers: {
      ce_specversion: '1.0',
      ce_id: `0199c0de-1111-7000-8000-${String(n).padStart(12, '0')}`,
      ce_type: isBroken ? 'PaymentCaptured.v1' : 'OrderPlaced.v1',
      ce_source: isBroken ? '/payments' : '/orders',
      ce_subject: orderOf(n),
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    },
    problems: isBroken
      ? [
          { path: 'amount', message: 'Invalid input: expected number, received string' },
          { path: 'currency', message: 'Invalid input: expected string, received undefined' },
        ]
      : [],
    behind:
      n % 5 === 3
        ? [
            { id: '71', eventId: 'e-71', type: 'PaymentCaptured' },
            { id: '72', eventId: 'e-72', type: 'OrderCancelled' },
          ]
        : [],
  } as Letter
}

function summaryOf({ letters }: Office) {
  const open = letters.filter(({ status }) => status === 'open')
  return [...Map.groupBy(open, ({ code }) => code)].map(([code, of]) => ({
    code,
    open: of.length,
    orders: of.length,
    firstSeen: of[0]!.parkedAt,
    lastSeen: of.at(-1)!.parkedAt,
  }))
}

const listed = ({ letters }: Office, { open, code, limit }: Record<string, string>) =>
  letters.filter((one) => (one.status === 'open') === (open !== 'false') && (!code || one.code === code)).slice(0, Number(limit ?? 100))

const would = (letters: readonly Letter[]) => ({
  ...{ would: letters.length, orders: letters.length },
  sample: letters.slice(0, 10).map(({ id, orderId, eventId, code, error }) => ({ id, orderId, eventId, code, error })),
})

function end(office: Office, id: string, status: 'redriven' | 'discarded', { dryRun, reason }: Asked) {
  const meant = office.letters.filter((one) => one.id === id && one.status === 'open')
  if (dryRun) return would(meant)
  office.letters = office.letters.map((one) => (one.id === id ? { ...one, status, endedAt: ago(0), endedReason: reason ?? null } : one))
  note(office, `POST /admin/dead-letters/:id/${status === 'redriven' ? 'redrive' : 'discard'}`, { id }, {}, reason)
  return { open: 0, trying: 0 }
}

function begin(office: Office, { kind = '', select, reason, dryRun, ratePerSecond = 50 }: Asked, reply: { code(status: number): unknown }) {
  const meant = office.letters.filter((one) => one.code === select?.code && one.status === 'open')
  if (dryRun) return would(meant)
  const request = { kind, select }
  const id = String(office.tasks.length + 1)
  const task = {
    id,
    kind,
    request,
    status: 'running',
    total: meant.length,
    done: 0,
    trying: 0,
    failed: 0,
    ratePerSecond,
    startedBy: 'ada',
    reason: reason ?? null,
    error: null,
    retriedSince: null,
    waitsFor: null,
    createdAt: ago(0),
    updatedAt: ago(0),
  } as Task
  office.tasks = [task, ...office.tasks]
  note(office, 'POST /admin/tasks', {}, request, reason)
  reply.code(202)
  return task
}

/** As if it had gone on since. */
function further(task: Task): Task {
  const done = Math.min(task.total, Math.round(((Date.now() - Date.parse(task.createdAt)) / 1000) * task.ratePerSecond))
  return { ...task, done, status: done === task.total ? 'done' : 'running', updatedAt: ago(0) }
}

function note(office: Office, action: string, target: unknown, request: unknown, reason?: string): void {
  const row = {
    id: String(office.audit.length + 1),
    at: ago(0),
    operator: 'ada',
    ip: '127.0.0.1',
    action,
    target,
    request,
    reason: reason ?? null,
    outcome: 'done',
    status: 200,
    result: null,
    endedAt: ago(0),
  }
  office.audit = [row as AuditRow, ...office.audit]
}

const outboxOf = (service: string): Outbox => ({
  ...{ unsent: service === 'orders' ? 3 : 0, oldestAgeSeconds: 0.2, lease: { owner: `${service}-1`, until: ago(-10) } },
  parked:
    service === 'orders'
      ? [
          {
            id: '4711',
            topic: 'orders.v1',
            key: orderOf(5),
            eventId: 'e-9',
            type: 'OrderPlaced',
            reason: 'RecordTooLarge: the message is larger than max.message.bytes of its topic',
            parkedAt: ago(340),
            behind: 2,
          },
        ]
      : [],
})

const effects = (): Effect[] =>
  [
    {
      key: `capture:${orderOf(8)}`,
      kind: 'charge-card',
      status: 'refused',
      attempts: 1,
      lastError: 'the provider answered 422 token-unknown',
    },
    { key: `refund:${orderOf(9)}`, kind: 'refund-card', status: 'due', attempts: 4, lastError: 'connect ECONNREFUSED 127.0.0.1:3010' },
    { key: `capture:${orderOf(10)}`, kind: 'charge-card', status: 'due', attempts: 0, lastError: null },
  ].map(
    (one, n) =>
      ({
        ...one,
        orderId: orderOf(8 + n),
        runAt: ago(50 - n * 30),
        firstStartedAt: one.attempts > 0 ? ago(60) : null,
        leasedUntil: null,
        doneAt: null,
      }) as Effect,
  )
