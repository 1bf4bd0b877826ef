/** A change through the operators' API of one service, as the page asks for it. */
export interface Change {
  readonly service: string
  /** `admin/dead-letters/7/redrive` */
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
}

/** As a shell takes it: in single quotes wherever it is more than a plain word. */
export const quoted = (text: string) => (/^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

/** What does the same without the page. It asks the console, which passes it on, so that it works wherever this page does. */
export function curlOf({ service, path, body }: Change, origin: string): string {
  const data = body && Object.keys(body).length > 0 ? ` -H 'content-type: application/json' -d ${quoted(JSON.stringify(body))}` : ''
  return `curl -s -XPOST -H "authorization: Bearer $OPS_TOKEN"${data} ${origin}/api/services/${service}/${path}`
}

export const option = (name: string, value: string | number | undefined) =>
  value === undefined || value === '' ? '' : ` --${name} ${quoted(String(value))}`
const flag = (name: string, on: boolean | undefined) => (on ? ` --${name}` : '')

export interface Wish {
  readonly reason?: string
  readonly rate?: number
  readonly force?: boolean
}

/** The command line of some letters, by their names. */
export const endLetters = (kind: 'redrive' | 'discard', names: readonly string[], { reason, force }: Wish) =>
  `npx -y pnpm@12 ops dlq ${kind} ${names.join(' ')}${flag('force', force)}${option('reason', reason)}${flag('yes', kind === 'discard' && names.length > 1)}`

/** The command line of all letters with a code, at one service. */
export const endCode = (kind: 'redrive' | 'discard', service: string, code: string, { reason, rate }: Wish) =>
  `npx -y pnpm@12 ops dlq ${kind} --service ${service} --code ${quoted(code)}${option('rate', rate)}${option('reason', reason)}${flag('yes', kind === 'discard')}`
