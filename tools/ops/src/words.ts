export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow'
/** Puts a style on a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string

export const plain: Paint = (_, text) => text

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
}
export const colored: Paint = (style, text) => `\x1b[${CODES[style][0]}m${text}\x1b[${CODES[style][1]}m`

/** 12,345 */
export const number = (value: number) => value.toLocaleString('en-US')

/** `1 letter`, `2 letters`. */
export const counted = (count: number, one: string, more = `${one}s`) => `${number(count)} ${count === 1 ? one : more}`

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const

/** `0.4 s`, `42 s`, `2 min 5 s`, `3 h 10 min`: two units at most. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const at = UNITS.findIndex(([, size]) => seconds >= size)
  if (at < 0) return `${Math.round(seconds)} s`
  const [unit, size] = UNITS[at]!
  const [finer, step] = UNITS[at + 1] ?? ['s', 1]
  const rest = Math.floor((seconds % size) / step)
  return `${Math.floor(seconds / size)} ${unit}${rest > 0 ? ` ${rest} ${finer}` : ''}`
}

export const ago = (iso: string, now: number) => `${duration(Math.max(0, now - Date.parse(iso)) / 1000)} ago`

/** `2026-11-22 15:04:05`, UTC. */
export const clock = (iso: string) => iso.slice(0, 19).replace('T', ' ')

/** Minor units as people write them. */
export const money = (minor: number, currency: string) => `${(minor / 100).toFixed(2)} ${currency}`

/** Ends with a whole word, unless that word is half of it. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const space = text.lastIndexOf(' ', most - 1)
  return space > most / 2 ? `${text.slice(0, space)} …` : `${text.slice(0, most - 1)}…`
}
