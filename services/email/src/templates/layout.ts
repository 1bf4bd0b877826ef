/** What a mail says, before it is laid out: every string is plain text. */
export interface MailText {
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** A small table between the paragraphs and the closing. */
  readonly rows?: readonly (readonly [what: string, howMuch: string])[]
}

const CLOSING = ['Kind regards,', 'Quadrille']
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)

export function toText({ paragraphs, rows = [] }: MailText): string {
  const table = rows.map(([what, howMuch]) => `  ${what}: ${howMuch}`).join('\n')
  return `${[...paragraphs, ...(table ? [table] : []), CLOSING.join('\n')].join('\n\n')}\n`
}

export function toHtml({ subject, paragraphs, rows = [] }: MailText): string {
  const cells = rows.map(
    ([what, howMuch]) => `<tr><td style="${LEFT}">${escapeHtml(what)}</td><td style="${RIGHT}">${escapeHtml(howMuch)}</td></tr>`,
  )
  const table = cells.length > 0 ? `<table style="border-collapse:collapse">${cells.join('')}</table>` : ''
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:2em auto;padding:0 1em">
${paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('\n')}
${table}
<p>${CLOSING.map(escapeHtml).join('<br>')}</p>
</body></html>
`
}

const LEFT = 'padding:.2em 2em .2em 0'
const RIGHT = 'padding:.2em 0;text-align:right'
