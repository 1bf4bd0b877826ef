import { html, type VNode } from '../html.ts'
import { sparkPoints } from './spark-points.ts'

/** The last minutes as a line without figures; those stand beside it. */
export const spark = (values: readonly number[]): VNode =>
  html`<svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
    ${values.length > 1 && html`<polyline points=${sparkPoints(values)} />`}
  </svg>`
