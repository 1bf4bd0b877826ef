// How numbers, money and time are written, everywhere on the page the same, and as the commands write them. Pure.
import { money as amount, duration as inSeconds } from '@quadrille/ops/words'

export { counted, cut, number } from '@quadrille/ops/words'

/** Of minor units: 3470 EUR is `34.70 EUR`. */
export const money = (minor: number | null, currency: string | null) =>
  minor === null || currency === null ? '–' : amount(minor, currency)

/** Records a second: `0`, `0.4/s`, `12/s`, `1.2k/s`. */
export function rate(perSecond: number): string {
  if (perSecond < 0.05) return '0/s'
  if (perSecond < 9.95) return `${perSecond.toFixed(1)}/s`
  return perSecond < 999.5 ? `${Math.round(perSecond)}/s` : `${(perSecond / 1000).toFixed(1)}k/s`
}

/** `0 ms`, `340 ms`, `2.4 s`, `3 min 20 s` */
export const duration = (ms: number) => (ms < 999.5 ? `${Math.round(ms)} ms` : inSeconds(ms / 1000))

/** Short, for lists: `now`, `12 s`, `4 min`, `3 h`, `2 d`. */
export function age(iso: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(iso)) / 1000))
  if (seconds < 2) return 'now'
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`
}

const pad = (value: number, digits = 2) => String(value).padStart(digits, '0')

/** `14:03:07`, and with the date where it is not today's. */
export function clock(iso: string, now: number): string {
  const at = new Date(iso)
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`
  return at.toDateString() === new Date(now).toDateString() ? time : `${dayOf(at)} ${time}`
}

/** `2026-11-22 14:03:07.123` */
export function moment(iso: string): string {
  const at = new Date(iso)
  return `${dayOf(at)} ${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}.${pad(at.getMilliseconds(), 3)}`
}

const dayOf = (at: Date) => `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`

/** The number that mails show. */
export const shortOf = (orderId: string) => orderId.slice(-8).toUpperCase()

/** `out_of_stock` is `out of stock`. */
export const inWords = (name: string) => name.replaceAll('_', ' ')
