import type { Pulse } from '../../src/api-types.ts'
import { type Child, html, part, useEffect, useErrorBoundary, useRef, useState, type VNode } from '../html.ts'
import { hrefOf, type Route, useRoute } from '../router.ts'
import { UNNAMED, useOperator } from '../store/session.ts'
import { useStore } from '../store/store.ts'
import { useLive, usePulse } from '../store/stream.ts'
import { type Listed, type View, views, viewsWhere } from '../views.ts'
import { count, dot } from '../widgets/badge.ts'
import { button } from '../widgets/button.ts'
import { icon } from '../widgets/icon.ts'
import { failed, loading, nothing } from '../widgets/state.ts'
import { Toasts } from '../widgets/toasts.ts'
import { Help } from './help.ts'
import { opened } from './keys.ts'
import { iconOf, nextTheme, useTheme } from './theme.ts'
import { TokenDialog } from './token.ts'

export function Shell(): VNode {
  const { view } = useRoute()
  return html`<div class="shell">
    <a class="skip" href="#main" onClick=${toMain}>Skip to the content</a>
    ${part(Side, { view })}
    <div class="content">${part(Notice, {})}${part(Main, { view })}</div>
    ${part(Opened, {})}${part(Toasts, {})}
  </div>`
}

function toMain(event: Event): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('#main')?.focus()
}

function Side({ view }: { readonly view: string }): VNode {
  const pulse = usePulse()
  const { breakIt } = useOperator()
  return html`<header class="side">
    <a class="brand" href=${hrefOf('flow')}><img src="/page/icon.svg" alt="" />Quadrille</a>
    <nav class="nav" aria-label="Views">${viewsWhere(breakIt).map((one) => entry(one, view, pulse))}</nav>
    <div class="side-foot">${part(Links, {})}${part(Tools, {})}</div>
  </header>`
}

function entry({ name, title, short, icon: sign, count: counts }: Listed, current: string, pulse: Pulse | null): VNode {
  const [many, tone, of] = (pulse && counts?.(pulse)) || [0, 'quiet' as const, '']
  return html`<a key=${name} href=${hrefOf(name)} aria-current=${name === current ? 'page' : undefined}>
    ${icon(sign)}<span class="title">${title}</span><span class="short">${short ?? title}</span>${many > 0 && count(many, tone, of)}
  </a>`
}

function Links(): Child {
  const { links } = useOperator()
  const all = [['Mails', links.mail] as const, ['Grafana', links.grafana] as const, ['Prometheus', links.prometheus] as const]
  const known = all.filter(([, url]) => url)
  if (known.length === 0) return null
  return html`<div class="side-links">
    ${known.map(([title, url]) => html`<a href=${url} target="_blank" rel="noreferrer">${title}${icon('away')}</a>`)}
  </div>`
}

const lines = { connecting: ['quiet', 'connecting'], live: ['good', 'live'], lost: ['bad', 'not connected'] } as const

function Tools(): VNode {
  const line = useLive((now) => now.line)
  const theme = useTheme()
  const { token, operator } = useOperator()
  const [tone, words] = lines[line]
  const who = token === null ? 'Operator: give the token' : operator === UNNAMED ? 'Operator: say your name' : `Operator: ${operator}`
  const open = (what: 'help' | 'session') => () => opened.change(() => what)
  return html`<div class="side-tools">
    <span class="live" role="status">${dot(tone)}${words}</span>
    ${button({ label: who, icon: token === null ? 'locked' : 'unlocked', kind: 'plain', bare: true, onClick: open('session') })}
    ${button({ label: `Theme: ${theme}`, icon: iconOf(theme), kind: 'plain', bare: true, onClick: nextTheme })}
    ${button({ label: 'Keys', icon: 'help', kind: 'plain', bare: true, onClick: open('help') })}
  </div>`
}

/** What is wrong with the console itself, above everything that it shows. */
function Notice(): Child {
  const line = useLive((now) => now.line)
  const reading = useLive(({ pulse }) => pulse?.readModel ?? null)
  const stale = useLive(({ pulse }) => pulse?.lag.stale ?? false)
  const words =
    line === 'lost'
      ? 'The console does not answer. What you see is the last it told; it connects again by itself.'
      : reading?.failure
        ? `Orders shown here may be behind: ${reading.failure}`
        : stale
          ? 'Kafka does not answer: lag is as old as it says.'
          : null
  return html`<div aria-live="polite">${words && html`<div class="notice">${icon('warn')}<span>${words}</span></div>`}</div>`
}

function Main({ view }: { readonly view: string }): VNode {
  const self = useRef<HTMLElement>(null)
  const before = useRef(view)
  const { of } = useRoute()
  const title = views.find(({ name }) => name === view)?.title
  useEffect(() => {
    document.title = title ? `${title} · Quadrille` : 'Quadrille'
    // Whoever opened something from a row that is gone now goes on in what was opened.
    if (before.current !== view || (of !== null && document.activeElement === document.body)) self.current?.focus({ preventScroll: true })
    before.current = view
  }, [view, of])
  return html`<main id="main" tabindex="-1" ref=${self}>${part(Guarded, { key: view, view })}</main>`
}

/** A view that breaks takes nothing else with it. */
function Guarded({ view }: { readonly view: string }): Child {
  const route = useRoute()
  const [broken, repair] = useErrorBoundary((error: unknown) => reportError(error))
  const listed = views.find(({ name }) => name === view)
  if (broken) return html`<div class="view">${failed('This view broke', broken, repair)}</div>`
  if (!listed) return nothing('search', 'There is no such view', html`<a href=${hrefOf('flow')}>To the flow</a>`)
  return part(Loading, { key: view, listed, route })
}

const read = new Map<string, View>()

/** A view that was read before is there at once; else grey lines stand for it, so that the place is never empty. */
function Loading({ listed, route }: { readonly listed: Listed; readonly route: Route }): Child {
  const [error, fail] = useState<unknown>(undefined)
  const [view, show] = useState<View | undefined>(() => read.get(listed.name))
  const load = () => {
    const shown = (found: View) => show(() => read.set(listed.name, found).get(listed.name))
    listed.load().then(shown, fail)
  }
  useEffect(() => (view ? undefined : load()), [])
  if (view) return part(view, { route })
  return html`<div class="view">${error ? failed('This view could not be read', error, load) : loading(8)}</div>`
}

function Opened(): Child {
  const what = useStore(opened, (now) => now)
  const onClose = () => opened.change(() => null)
  return what === 'help' ? part(Help, { onClose }) : what === 'session' ? part(TokenDialog, { onClose }) : null
}
