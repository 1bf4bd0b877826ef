import { html, type VNode } from '../html.ts'

// Drawn for a square of 16, with a line of 1.6; names say what they stand for, not what they show.
const paths = {
  flow: 'M3 4.5h3.5M9.5 4.5H13M3 11.5h3.5M9.5 11.5H13M8 6v4M8 3a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3ZM8 10a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3Z',
  place: 'M2 3h1.6l1.5 7h6.6l1.5-5H4.4M6 13.2h.01M11 13.2h.01',
  orders: 'M3 4h10M3 8h10M3 12h6',
  lag: 'M2 12.5 5.5 8l3 2.5L14 3.5M10.5 3.5H14V7',
  letters: 'M2 4h12v8.5H2zM2.5 4.5 8 9l5.5-4.5',
  outbox: 'M2.5 9.5 4 3.5h8l1.5 6v3h-11zM2.5 9.5h3.2l.8 1.5h3l.8-1.5h3.2',
  contracts: 'M4 2h5.5L12 4.5V14H4zM6.2 7h3.6M6.2 10h3.6',
  break: 'M9 1.8 3.5 9H8l-1 5.2L12.5 7H8z',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.4 10.4 13.5 13.5',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5h7v8h-7zM10.5 5.5v-3h-7v8h2',
  done: 'M3 8.5 6.5 12 13 4.5',
  warn: 'M8 2.5 14.2 13H1.8zM8 6.5v3M8 11.2h.01',
  bad: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 5v3.5M8 10.8h.01',
  info: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 7.2V11M8 5h.01',
  locked: 'M4 7.5h8V13H4zM5.7 7.5V5.2a2.3 2.3 0 0 1 4.6 0v2.3',
  unlocked: 'M4 7.5h8V13H4zM5.7 7.5V5.2a2.3 2.3 0 0 1 4.4-.9',
  light:
    'M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM8 1.8v1M8 13.2v1M1.8 8h1M13.2 8h1M3.6 3.6l.7.7M11.7 11.7l.7.7M12.4 3.6l-.7.7M4.3 11.7l-.7.7',
  dark: 'M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6Z',
  auto: 'M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2ZM8 2.2v11.6M10.5 3.5v9M12.5 5v6',
  help: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM6.3 6.4a1.7 1.7 0 1 1 2.5 1.5c-.6.3-.8.6-.8 1.2M8 11.2h.01',
  next: 'M6 3.5 10.5 8 6 12.5',
  back: 'M10 3.5 5.5 8l4.5 4.5',
  down: 'M3.5 6 8 10.5 12.5 6',
  away: 'M9 3h4v4M13 3 7.5 8.5M11 9.5V13H3V5h3.5',
  wait: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 5v3.2l2 1.3',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  again: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3',
  mail: 'M2 4h12v8.5H2zM2.5 4.5 8 9l5.5-4.5',
  effect: 'M9 1.8 3.5 9H8l-1 5.2L12.5 7H8z',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  minus: 'M3.5 8h9',
  plus: 'M3.5 8h9M8 3.5v9',
} as const

export type IconName = keyof typeof paths

/** A picture beside words, so it says nothing to a screen reader. */
export const icon = (name: IconName, spinning = false): VNode =>
  html`<svg class=${spinning ? 'icon spin' : 'icon'} viewBox="0 0 16 16" aria-hidden="true"><path d=${paths[name]} /></svg>`
