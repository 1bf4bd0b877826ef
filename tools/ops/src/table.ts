import { stripVTControlCharacters } from 'node:util'
import type { Paint } from './words.ts'

export interface Column {
  readonly title: string
  /** Figures stand under one another. */
  readonly right?: true
}

export type Columns = readonly (string | Column)[]

/** Columns as wide as what is in them; the last one is not padded. */
export function table(columns: Columns, rows: readonly (readonly string[])[], paint: Paint): string {
  const wanted = columns.map((column) => (typeof column === 'string' ? { title: column } : column))
  const widths = wanted.map(({ title }, at) => Math.max(title.length, ...rows.map((row) => width(row[at] ?? ''))))
  const line = (cells: readonly string[]) =>
    wanted
      .map(({ right }, at) => padded(cells[at] ?? '', widths[at]!, right))
      .join('  ')
      .trimEnd()
  const head = line(wanted.map(({ title }) => title.toUpperCase()))
  return [paint('bold', head), ...rows.map(line)].join('\n')
}

const width = (text: string) => stripVTControlCharacters(text).length

function padded(text: string, wide: number, right?: true): string {
  const space = ' '.repeat(Math.max(0, wide - width(text)))
  return right ? space + text : text + space
}
