import type { CodeSummary, Consumer, Outbox, Service } from '@quadrille/ops'
import type { ServicePulse } from '../api-types.ts'
import type { Answer, Ask } from './ask.ts'

/** One look at one service. */
export async function lookAt(ask: Ask, name: Service): Promise<ServicePulse> {
  const [readiness, metrics, consumer, outbox, summary] = await Promise.all([
    ask.get(name, '/readyz'),
    ask.get(name, '/metrics'),
    ask.admin<Consumer>(name, '/consumer'),
    ask.admin<Outbox>(name, '/outbox'),
    ask.admin<CodeSummary[]>(name, '/dead-letters/summary'),
  ])
  return {
    ...{ name, ...readinessOf(name, readiness) },
    paused: consumer?.paused ?? null,
    outbox: outbox ? outboxOf(outbox) : null,
    letters: summary ? lettersOf(summary) : null,
    effects: metrics?.status === 200 ? effectsOf(String(metrics.body)) : null,
  }
}

function readinessOf(name: Service, answer: Answer | undefined) {
  if (!answer) return { up: false, ready: false, why: `${name} does not answer` }
  if (answer.status === 200) return { up: true, ready: true, why: null }
  const { detail } = (answer.body ?? {}) as { detail?: string }
  return { up: true, ready: false, why: detail ?? `it answers ${answer.status}` }
}

const outboxOf = ({ unsent, oldestAgeSeconds, parked, lease }: Outbox): ServicePulse['outbox'] => ({
  waiting: unsent,
  oldestSeconds: oldestAgeSeconds,
  parked: parked.length,
  holder: lease?.owner ?? null,
})

/** What only waits belongs to an order that has another letter: counted with that one. */
const lettersOf = (summary: readonly CodeSummary[]): ServicePulse['letters'] => ({
  open: summary.reduce((sum, { open }) => sum + open, 0),
  orders: summary.reduce((sum, { code, orders }) => sum + (code === 'WAITING' ? 0 : orders), 0),
  byCode: Object.fromEntries(summary.map(({ code, open }) => [code, open])),
})

/** From its metrics, which are counted anyhow: listing effects would read them all every time. */
const effectsOf = (metrics: string): ServicePulse['effects'] => ({
  waiting: sum(valuesOf(metrics, 'effects_waiting')),
  oldestSeconds: Math.max(0, ...valuesOf(metrics, 'effects_oldest_age_seconds')),
  refused: sum(valuesOf(metrics, 'effects_refused')),
})

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** Of every label. */
const valuesOf = (metrics: string, name: string): number[] =>
  [...metrics.matchAll(new RegExp(`^${name}(?:\\{[^\\n]*\\})? (\\S+)`, 'gm'))].map(([, value]) => Number(value))
