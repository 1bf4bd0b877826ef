import { html, type VNode } from '../../html.ts'
import type { ViewProps } from '../../views.ts'

export const PlaceView = (_: ViewProps): VNode => html`<div class="view"><header class="head"><h1>Place an order</h1></header></div>`
