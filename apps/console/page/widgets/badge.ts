import type { OrderStatus } from '../../src/api-types.ts'
import { html, type VNode } from '../html.ts'
import type { Tone } from './tone.ts'
import { inWords, number } from './words.ts'

export type { Tone }

export const badge = (text: string, tone: Tone = 'quiet', title?: string): VNode =>
  html`<span class=${`badge ${tone}`} title=${title}>${text}</span>`

/** A dot is a second sign beside words, never the only one. */
export const dot = (tone: Tone): VNode => html`<span class=${`dot ${tone}`} aria-hidden="true"></span>`

export const count = (value: number, tone: Tone = 'quiet', of = ''): VNode =>
  html`<span class=${`count ${tone}`}>${number(value)}${of && html`<span class="unseen"> ${of}</span>`}</span>`

const tones: Readonly<Record<OrderStatus, Tone>> = {
  placed: 'info',
  paid: 'info',
  dispatched: 'good',
  payment_failed: 'warn',
  out_of_stock: 'warn',
  cancelled: 'quiet',
}

export const toneOf = (status: string): Tone => tones[status as OrderStatus] ?? 'quiet'

export const statusBadge = (status: string): VNode =>
  html`<span class=${`badge ${toneOf(status)}`}>${dot(toneOf(status))}${inWords(status)}</span>`
