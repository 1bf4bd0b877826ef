import { html, type VNode } from '../../html.ts'
import type { ViewProps } from '../../views.ts'

export const FlowView = (_: ViewProps): VNode => html`<div class="view"><header class="head"><h1>Flow</h1></header></div>`
