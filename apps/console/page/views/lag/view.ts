import { html, type VNode } from '../../html.ts'
import type { ViewProps } from '../../views.ts'

export const LagView = (_: ViewProps): VNode => html`<div class="view"><header class="head"><h1>Lag</h1></header></div>`
