import type { FastifyInstance } from 'fastify'
import type { ChangedOrders, OrderRow, Pulse } from '../api-types.ts'
import { standingsOf } from '../model/look.ts'
import type { ReadModel } from '../model/read-model.ts'
import type { Standing } from '../model/standing.ts'
import type { Watch } from '../pulse/watch.ts'
import { rowOf } from './rows.ts'
import { createViewers } from './viewers.ts'

export interface StreamOptions {
  readonly model: Pick<ReadModel, 'changes' | 'query'>
  readonly watch: Pick<Watch, 'changes' | 'stuck'>
  readonly pulse: () => Promise<Pulse>
}

const PULSE_MS = 1_000
const BATCH_MS = 250
const MOST_ROWS = 200

/** `/api/stream`: a pulse each second, and orders as they change. Nothing is made while nobody looks. */
export function serveStream(app: FastifyInstance, { model, watch, pulse }: StreamOptions): void {
  const viewers = createViewers()
  let changed = new Map<string, Standing>()

  const note = (standings: readonly Standing[]) => {
    if (viewers.size > 0) for (const standing of standings) changed.set(standing.orderId, standing)
  }
  const becameStuck = (orderIds: readonly string[]) => {
    if (viewers.size > 0) standingsOf(model, orderIds.slice(0, MOST_ROWS)).then(note, () => undefined) // the list tells it, too
  }
  let beating = false
  const beat = async () => {
    if (beating || viewers.size === 0) return
    beating = true
    viewers.say('pulse', await pulse().finally(() => (beating = false)))
  }
  const flush = () => {
    if (changed.size === 0) return
    const standings = [...changed.values()]
    changed = new Map()
    viewers.say('orders', newest(standings, watch.stuck()))
  }
  model.changes.on('changed', note)
  watch.changes.on('stuck', becameStuck)
  const timers = [setInterval(() => void beat(), PULSE_MS), setInterval(flush, BATCH_MS)]

  app.get('/api/stream', async (_request, reply) => {
    const first = await pulse()
    reply.hijack()
    viewers.add(reply.raw, first)
  })
  app.addHook('preClose', async () => {
    for (const timer of timers) clearInterval(timer)
    model.changes.off('changed', note)
    watch.changes.off('stuck', becameStuck)
    viewers.close()
  })
}

function newest(standings: readonly Standing[], stuck: ReadonlySet<string> | undefined): ChangedOrders {
  const rows: OrderRow[] = standings
    .toSorted((a, b) => b.changedAt - a.changedAt)
    .slice(0, MOST_ROWS)
    .map((standing) => rowOf(standing, stuck))
  return { rows, more: standings.length - rows.length }
}
