import { html, render } from 'htm/preact/standalone'
import type { Session } from '../src/api-types.ts'

const session: Session = await (await fetch('/api/session')).json()
render(html`<main>${session.token ? 'Quadrille' : 'Quadrille, without a token'}</main>`, document.querySelector<HTMLElement>('#page')!)
