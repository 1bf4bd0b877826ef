import { html, type VNode } from '../../html.ts'
import type { ViewProps } from '../../views.ts'

export const LettersView = (_: ViewProps): VNode => html`<div class="view"><header class="head"><h1>Dead letters</h1></header></div>`
