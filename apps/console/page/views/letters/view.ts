import { html, part, type VNode } from '../../html.ts'
import { type Route, refine } from '../../router.ts'
import { useOperator } from '../../store/session.ts'
import type { ViewProps } from '../../views.ts'
import { tokenNeeded } from '../change/dialog.ts'
import { Audit } from './audit.ts'
import { EndedLetters } from './ended.ts'
import { LetterDetails } from './letter.ts'
import { OpenLetters } from './open.ts'

const shows = { open: 'Open', ended: 'Ended', audit: 'Changes' } as const
type Show = keyof typeof shows

/** What could not be handled, why, and what to do about it. */
export function LettersView({ route }: ViewProps): VNode {
  const { token } = useOperator()
  const [service, id] = route.of?.split('/') ?? []
  if (token !== null && service && id) return part(LetterDetails, { key: route.of!, service, id })
  return html`<div class="view letters">
    <header class="head">
      <h1>Dead letters</h1><span class="what">events and effects that could not be handled; each holds up its own order alone</span>
      <div class="does chips" role="group" aria-label="Which">${Object.entries(shows).map(([name, title]) => chip(name, title, route))}</div>
    </header>
    ${token === null ? tokenNeeded() : part(pages[showOf(route)], {})}
  </div>`
}

const pages = { open: OpenLetters, ended: EndedLetters, audit: Audit }

const showOf = ({ query }: Route): Show => (query.show && query.show in shows ? (query.show as Show) : 'open')

const chip = (name: string, title: string, route: Route): VNode =>
  html`<button type="button" class="chip" aria-pressed=${showOf(route) === name} onClick=${() => refine({ show: name === 'open' ? undefined : name })}>${title}</button>`
