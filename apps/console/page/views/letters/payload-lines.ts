/** Something that breaks a contract: where, and what is expected there. */
export interface Problem {
  readonly path: string
  readonly message: string
}

/** A line of a payload, and what is wrong with it. */
export interface PayloadLine {
  readonly text: string
  readonly problems: readonly string[]
}

/** JSON as lines, each beside what breaks its contract; what has no line of its own, such as a missing field, is told by the object it is missing from. */
export function payloadLines(text: string, problems: readonly Problem[]): PayloadLine[] {
  const value = parsed(text)
  if (value === undefined) return text.split('\n').map((line, at) => ({ text: line, problems: at === 0 ? problems.map(told) : [] }))
  const lines = linesOf(value, '', '', '')
  const named = new Set(lines.map(({ path }) => path))
  const placed = problems.map((problem) => ({ at: nearest(problem.path, named), text: told(problem) }))
  return lines.map(({ path, text }) => ({ text, problems: placed.filter(({ at }) => at === path).map((one) => one.text) }))
}

const told = ({ path, message }: Problem) => (path === '' ? message : `${path}: ${message}`)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

interface Line {
  /** Undefined for a line that only closes what an earlier one opened. */
  readonly path: string | undefined
  readonly text: string
}

/** @param lead what stands before the value on its first line, such as `"orderId": ` */
function linesOf(value: unknown, path: string, lead: string, indent: string, end = ''): Line[] {
  if (typeof value !== 'object' || value === null) return [{ path, text: `${indent}${lead}${JSON.stringify(value)}${end}` }]
  const list = Array.isArray(value)
  const entries = Object.entries(value)
  const [open, close] = list ? '[]' : '{}'
  if (entries.length === 0) return [{ path, text: `${indent}${lead}${open}${close}${end}` }]
  const inner = entries.flatMap(([name, one], at) =>
    linesOf(one, path === '' ? name : `${path}.${name}`, list ? '' : `${JSON.stringify(name)}: `, `${indent}  `, comma(at, entries.length)),
  )
  return [{ path, text: `${indent}${lead}${open}` }, ...inner, { path: undefined, text: `${indent}${close}${end}` }]
}

const comma = (at: number, of: number) => (at < of - 1 ? ',' : '')

/** The path itself, or the innermost thing around it that is there. */
function nearest(path: string, named: ReadonlySet<string | undefined>): string {
  if (path === '' || named.has(path)) return path
  return nearest(path.split('.').slice(0, -1).join('.'), named)
}
