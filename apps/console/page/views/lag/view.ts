import type { LagHistory, Pulse } from '../../../src/api-types.ts'
import { html, part, type VNode } from '../../html.ts'
import type { Route } from '../../router.ts'
import { ask } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import { usePulse } from '../../store/stream.ts'
import type { ViewProps } from '../../views.ts'
import { callout, failed, loading, nothing } from '../../widgets/state.ts'
import { twin } from '../../widgets/twin.ts'
import { clock } from '../../widgets/words.ts'
import { Chart } from './chart.ts'
import { groupCards } from './groups.ts'
import { asPaused, groupRow, inUrgency } from './lag-rows.ts'
import { lagSentence } from './lag-words.ts'

const EVERY_MS = 4_000
const none: LagHistory = { at: [], series: [] }

/** Who is behind, by how much, and when it will have caught up. */
export function LagView({ route }: ViewProps): VNode {
  const pulse = usePulse()
  const history = useLoad('lag-history', (signal) => ask<LagHistory>('/api/lag/history', { signal }), EVERY_MS)
  return html`<div class="view lag">
    <header class="head"><h1>Lag</h1><span class="what">records that a consumer group has not finished, and how long the oldest of them has waited</span></header>
    ${history.error !== undefined && failed('The last minutes could not be read.', history.error, history.again)}
    ${pulse && (history.data || history.error !== undefined) ? body(pulse, history.data ?? none, route) : loading(8)}
  </div>`
}

function body(pulse: Pulse, history: LagHistory, { of }: Route): VNode {
  const { stale, at, failure, groups } = pulse.lag
  const paused = new Map(pulse.services.flatMap(({ name, paused }) => (paused ? [[name as string, paused] as const] : [])))
  const rows = groups.map((group) => {
    const row = groupRow(group, pulse, history)
    return paused.has(group.group) ? asPaused(row) : row
  })
  if (rows.length === 0) return nothing('lag', 'Nobody has told yet', failure ?? 'The console asks Kafka every two seconds.')
  const group = rows.find(({ name }) => name === of)?.name ?? null
  return html`
    ${stale && callout('warn', 'warn', `These are the last figures there were${at ? `, of ${clock(at, Date.now())}` : ''}: ${failure ?? 'Kafka does not answer'}`)}
    <p class="summary" aria-live="polite">${lagSentence(rows, new Set(paused.keys()))}</p>
    <div class="charts">
      ${part(Chart, { title: 'Messages behind', unit: 'messages', measure: 'lag', history, group })}
      ${part(Chart, { title: 'Seconds behind', unit: 'seconds', measure: 'seconds', history, group })}
    </div>
    ${groupCards(inUrgency(rows), { groups, paused, chosen: group })}
    ${twin('npx -y pnpm@12 ops lag -v')}`
}
