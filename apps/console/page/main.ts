import { html, part, render } from './html.ts'
import { followAddress } from './router.ts'
import { followKeys } from './shell/keys.ts'
import { Shell } from './shell/shell.ts'
import { applyTheme } from './shell/theme.ts'
import { openSession } from './store/session.ts'
import { listen } from './store/stream.ts'

applyTheme()
followAddress()
followKeys()
const root = document.querySelector<HTMLElement>('#page')!
root.replaceChildren()
render(html`${part(Shell, {})}`, root)
listen()
void openSession()
