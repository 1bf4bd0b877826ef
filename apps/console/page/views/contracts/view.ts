import type { ContractView } from '../../../src/api-types.ts'
import { html, type VNode } from '../../html.ts'
import { hrefOf, type Route, refine } from '../../router.ts'
import { ask } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import type { ViewProps } from '../../views.ts'
import { failed, loading, nothing } from '../../widgets/state.ts'
import { counted } from '../../widgets/words.ts'
import { contractDetails } from './details.ts'
import { found } from './filter.ts'

/** Every event there is: who emits it, when, what is in it, and who takes it. */
export function ContractsView({ route }: ViewProps): VNode {
  const { data, error, again } = useLoad('contracts', (signal) => ask<readonly ContractView[]>('/api/contracts', { signal }))
  return html`<div class="view contracts">
    <header class="head">
      <h1>Contracts</h1>
      ${data && html`<span class="what">${counted(data.length, 'event')} of ${counted(new Set(data.map(({ emitter }) => emitter)).size, 'service')}: all that they share</span>`}
    </header>
    ${error !== undefined && failed('The contracts could not be read.', error, again)}
    ${data ? catalogue(data, route) : error === undefined && loading(10)}
  </div>`
}

function catalogue(contracts: readonly ContractView[], { of, query }: Route): VNode {
  const shown = found(contracts, query.search ?? '')
  const chosen = shown.find(({ type }) => type === of) ?? shown[0]
  return html`<div class=${`two ${of ? 'opened' : ''}`}>
    <nav class="card events" aria-label="Events">
      <div class="search"><input class="input" type="search" aria-label="Search events" placeholder="Search: a field, a word"
        value=${query.search ?? ''} onInput=${(event: Event) => refine({ search: (event.target as HTMLInputElement).value })} /></div>
      ${[...Map.groupBy(shown, ({ emitter }) => emitter)].map(([emitter, all]) => emitted(emitter, all, chosen, query.search))}
      ${shown.length === 0 && nothing('search', 'No event speaks of that.')}
    </nav>
    ${chosen && contractDetails(chosen)}
  </div>`
}

const emitted = (emitter: string, all: readonly ContractView[], chosen: ContractView | undefined, search?: string): VNode =>
  html`<section><h2>${emitter}</h2><ul>${all.map(
    ({ type }) =>
      html`<li key=${type}><a data-row href=${hrefOf('contracts', type, { search })} aria-current=${type === chosen?.type ? 'true' : undefined}>${type}</a></li>`,
  )}</ul></section>`
