import type { BreakState } from '../../../src/api-types.ts'
import { html, part, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { ask } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import { useOperator } from '../../store/session.ts'
import type { ViewProps } from '../../views.ts'
import { callout, failed, loading, nothing } from '../../widgets/state.ts'
import { tokenNeeded } from '../change/dialog.ts'
import { FaultCard } from './fault.ts'
import { groupsOf } from './words.ts'

const EVERY_MS = 1_000

/** What can be broken on purpose, what is, and for how long. */
export function BreakView(_: ViewProps): VNode {
  const { token, breakIt } = useOperator()
  return html`<div class="view break">
    <header class="head"><h1>Break it</h1><span class="what">on purpose, and see that nothing is lost and nothing happens twice; all of it undoes itself</span></header>
    ${breakIt ? (token === null ? tokenNeeded() : part(Faults, {})) : off()}
  </div>`
}

const off = (): VNode =>
  nothing(
    'break',
    'Here nothing is broken on purpose.',
    html`The demo can be broken from here; elsewhere it takes <code>BREAK_IT=true</code>. <a href=${hrefOf('flow')}>To the flow</a>`,
  )

function Faults(): VNode {
  const { data, error, again } = useLoad('break', (signal) => ask<BreakState>('/api/break', { signal }), EVERY_MS)
  return html`
    ${error !== undefined && failed('What is broken could not be read', error, again)}
    ${data ? groups(data, again) : error === undefined && loading(8)}
  `
}

const groups = (state: BreakState, again: () => void): VNode =>
  html`${groupsOf(state.faults).map(
    ({ of, faults }) => html`<section key=${of} aria-label=${of}>
      <h2>${of}</h2>
      <div class="faults">${faults.map((fault) => part(FaultCard, { key: fault.id, fault, state, again }))}</div>
    </section>`,
  )}
  ${state.absent && callout('info', 'info', state.absent)}` as VNode
