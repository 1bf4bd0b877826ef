type Attributes = Readonly<Record<string, string | number | undefined>>

/** An element; attributes without a value are left out. */
export function tag(name: string, attributes: Attributes = {}, ...children: readonly string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => (value === undefined ? '' : ` ${key}="${escaped(String(value))}"`))
  const start = `<${name}${written.join('')}`
  return children.length === 0 ? `${start}/>` : `${start}>${children.join('')}</${name}>`
}

export const words = (content: string, attributes: Attributes): string => tag('text', attributes, escaped(content))

/** Half pixels are as good as exact ones, and shorter. */
export const px = (value: number) => Math.round(value * 2) / 2

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => entities[character]!)

// Mean widths in pixels, at the 11 px of legends.
const [LETTER, CAPITAL] = [6.4, 8.2]

export const widthOf = (text: string) => LETTER * text.length + (CAPITAL - LETTER) * capitals(text)

const capitals = (text: string) => text.match(/[A-Z_]/g)?.length ?? 0

/** Cut so that it fits, which an ellipsis tells. */
export function fitting(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  return `${text.slice(0, Math.max(1, Math.floor(width / LETTER) - 1)).trimEnd()}…`
}
