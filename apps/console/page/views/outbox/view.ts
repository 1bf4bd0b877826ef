import { html, type VNode } from '../../html.ts'
import type { ViewProps } from '../../views.ts'

export const OutboxView = (_: ViewProps): VNode => html`<div class="view"><header class="head"><h1>Outbox</h1></header></div>`
