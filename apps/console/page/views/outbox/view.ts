import type { Effect, Outbox, ServiceName } from '../../../src/api-types.ts'
import { html, part, type VNode } from '../../html.ts'
import { askService } from '../../store/ask.ts'
import { type Loaded, useLoad } from '../../store/load.ts'
import { useNow } from '../../store/now.ts'
import { useOperator } from '../../store/session.ts'
import { usePulse } from '../../store/stream.ts'
import type { ViewProps } from '../../views.ts'
import { callout, failed, loading } from '../../widgets/state.ts'
import { twin } from '../../widgets/twin.ts'
import { tokenNeeded } from '../change/dialog.ts'
import { type Everywhere, everywhere, missing } from '../everywhere.ts'
import { effectsCard } from './effects.ts'
import { outboxTable } from './outboxes.ts'
import { parkedCard } from './parked.ts'

const EVERY_MS = 3_000

/** What waits for Kafka and who sends it, what Kafka refuses, and what is still to be done outside. */
export function OutboxView(_: ViewProps): VNode {
  const { token } = useOperator()
  return html`<div class="view outbox">
    <header class="head"><h1>Outbox</h1><span class="what">what waits for Kafka, who sends it, and what is still to be done outside</span></header>
    ${part(Relays, {})}
    ${token === null ? tokenNeeded() : part(Details, {})}
  </div>`
}

function Relays(): VNode {
  const pulse = usePulse()
  return pulse ? outboxTable(pulse) : loading(6)
}

function Details(): VNode {
  const now = useNow()
  const outboxes = useEverywhere<Outbox>('/admin/outbox')
  const effects = useEverywhere<readonly Effect[]>('/admin/effects?limit=500')
  const silent = new Set([...missing(outboxes.data), ...missing(effects.data)])
  return html`
    ${silent.size > 0 && callout('warn', 'warn', `Not told by ${[...silent].join(', ')}: no answer.`)}
    ${shown('what Kafka refuses', outboxes, ({ found }) => parkedCard(found, now, outboxes.again))}
    ${shown('the effects', effects, ({ found }) => effectsCard(found, now, effects.again))}
    ${twin('npx -y pnpm@12 ops outbox && npx -y pnpm@12 ops effects')}
  `
}

const useEverywhere = <Body>(path: string): Loaded<Everywhere<Body>> =>
  useLoad(path, (signal) => everywhere<Body>((service: ServiceName) => askService(service, path, { signal })), EVERY_MS)

const shown = <Body>(what: string, { data, error, again }: Loaded<Everywhere<Body>>, draw: (data: Everywhere<Body>) => VNode) =>
  data ? draw(data) : error === undefined ? loading(3) : failed(`It is not known ${what}.`, error, again)
