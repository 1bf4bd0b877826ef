import { catalogue, type Emitter, topicOf } from '@quadrille/contracts'
import { handlers } from '@quadrille/ops'
import type { Counts, FlowMap, Pulse, ServiceName, ServicePulse } from '../../src/api-types.ts'
import { reads } from '../../src/reads.ts'

export const names: readonly ServiceName[] = ['orders', 'payments', 'warehouse', 'loyalty', 'email']

export const map: FlowMap = {
  services: names.map((name) => ({
    name,
    emits: Object.keys(catalogue[name]),
    consumes: reads[name].map((emitter) => ({
      ...{ emitter, topic: topicOf(emitter) },
      types: Object.keys(catalogue[emitter]).filter((type) => handlers[type]?.includes(name)),
    })),
  })),
  topics: names.map((emitter) => ({ name: topicOf(emitter), emitter, partitions: 12 })),
}

const wave = (at: number, n: number) => 1 + 0.35 * Math.sin(at / 4_000 + n)

export function pulseOf(at: number, counts: Counts, stuck: number): Pulse {
  const perTopic: Record<Emitter, number> = { orders: 12, payments: 11.6, warehouse: 23, loyalty: 10.8, email: 22.7 }
  const groups = names.map((group) => groupOf(group, group === 'email' ? Math.round(140 * wave(at, 2)) : 0))
  return {
    at: new Date(at).toISOString(),
    rates: Object.fromEntries(names.map((name, n) => [topicOf(name), perTopic[name] * wave(at, n)])),
    consumed: Object.fromEntries(names.map((name, n) => [name, reads[name].reduce((sum, from) => sum + perTopic[from], 0) * wave(at, n)])),
    lag: { at: new Date(at - 700).toISOString(), ageSeconds: 0.7, stale: false, failure: null, groups },
    services: names.map(serviceOf),
    ...{ counts, stuck, readModel: { database: true, joined: true, unreadable: 0, failure: null } },
    broken: 2,
  }
}

function groupOf(group: ServiceName, behind: number): Pulse['lag']['groups'][number] {
  const paused = group === 'email'
  const topics = reads[group].map((emitter) => {
    const partitions = Array.from({ length: 12 }, (_, partition) => {
      const lag = Math.floor(behind / 12)
      const member = paused ? 'nobody reads this partition' : { id: `${group}-7c1e04${partition < 6 ? 'a2' : 'f9'}`, host: '127.0.0.1' }
      return { partition, member, high: 4_000 + partition, committed: 4_000 + partition - lag, lag, lagSeconds: lag === 0 ? 0 : 12.4 }
    })
    return { topic: topicOf(emitter), lag: behind, lagSeconds: behind === 0 ? 0 : 12.4, partitions }
  })
  const lag = topics.reduce((sum, topic) => sum + topic.lag, 0)
  return {
    group,
    members: paused ? 0 : 1,
    state: paused ? 'Empty' : 'Stable',
    lag,
    lagSeconds: lag === 0 ? 0 : 12.4,
    topics,
  } as Pulse['lag']['groups'][number]
}

export const emailPause = () => ({ reason: 'the mail server moves', by: 'ada', since: new Date(Date.now() - 95_000).toISOString() })

function serviceOf(name: ServiceName): ServicePulse {
  const byCode: Readonly<Record<string, number>> =
    name === 'warehouse' ? { HANDLER: 1, WAITING: 1 } : name === 'payments' ? { CONTRACT: 1, REFUSED: 1 } : {}
  const open = Object.values(byCode).reduce((sum, count) => sum + count, 0)
  return {
    ...{
      name,
      up: name !== 'loyalty',
      ready: name !== 'loyalty',
      why: name === 'loyalty' ? 'it does not answer: connection refused' : null,
    },
    paused: name === 'email' ? emailPause() : null,
    ...(name === 'email' && { holds: 1 }),
    outbox: name === 'loyalty' ? null : { waiting: name === 'orders' ? 3 : 0, oldestSeconds: 0.2, parked: 0, holder: `${name}-1` },
    letters: name === 'loyalty' ? null : { open, orders: open === 0 ? 0 : open, byCode },
    effects:
      name === 'loyalty'
        ? null
        : {
            waiting: name === 'email' ? 41 : name === 'payments' ? 2 : 0,
            oldestSeconds: name === 'email' ? 95 : 0.3,
            refused: name === 'payments' ? 1 : 0,
          },
  }
}
