/** What moves a cursor, breaks a line or turns the direction of writing; and the sign that stands for a line break, so that nobody forges that. */
const UNSEEN = /[\p{Cc}\p{Bidi_C}\u2028\u2029␊]/gu

/** Text of strangers as a terminal may have it: a sign for each control character. */
export const seen = (text: string) => text.replaceAll(UNSEEN, (one) => signOf(one.charCodeAt(0)))

function signOf(code: number): string {
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '␡' : '\ufffd'
}

/** For JSON.parse: every text in it, the names too, as a terminal may have it. */
export function reviveSeen(_: string, value: unknown): unknown {
  if (typeof value === 'string') return seen(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [seen(name), one]))
}

/** JSON over several lines again: its breaks stand between its texts, never inside. Anything else stays in one line. */
export function linesOfJson(text: string): string {
  const lines = text.replaceAll('␊', '\n')
  try {
    JSON.parse(lines)
    return lines
  } catch {
    return text
  }
}

/** JSON escapes some control characters by itself; a terminal obeys the others as well. */
export const escaped = (json: string) =>
  json.replaceAll(/[\u007f-\u009f\p{Bidi_C}\u2028\u2029]/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
