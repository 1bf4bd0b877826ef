import { type Child, html, type VNode } from '../html.ts'

export interface Column<Row> {
  readonly title: Child
  /** Figures stand on the right. */
  readonly number?: boolean
  readonly class?: string
  readonly cell: (row: Row) => Child
}

export interface TableProps<Row> {
  /** What the table is of; read aloud, not shown. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string | number
  /** Makes rows react to a click; the first cell should hold a link or button that does the same. */
  readonly onOpen?: (row: Row) => void
  readonly selected?: (row: Row) => boolean
}

export const table = <Row>({ label, columns, rows, keyOf, onOpen, selected }: TableProps<Row>): VNode =>
  html`<div class="scroll" tabindex="0" role="region" aria-label=${label}><table class="table">
    <caption class="unseen">${label}</caption>
    <thead><tr>${columns.map((column) => html`<th scope="col" class=${classOf(column)}>${column.title}</th>`)}</tr></thead>
    <tbody>${rows.map(
      (
        row,
      ) => html`<tr key=${keyOf(row)} class=${onOpen ? 'does' : ''} aria-selected=${selected?.(row) || undefined} onClick=${onOpen && (() => onOpen(row))}>
        ${columns.map((column) => html`<td class=${classOf(column)} data-title=${typeof column.title === 'string' ? column.title : undefined}>${column.cell(row)}</td>`)}
      </tr>`,
    )}</tbody>
  </table></div>`

const classOf = <Row>({ number, class: more }: Column<Row>) => [number && 'number', more].filter(Boolean).join(' ') || undefined
