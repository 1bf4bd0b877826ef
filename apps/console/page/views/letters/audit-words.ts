/** `POST /admin/dead-letters/:id/redrive` is `dead letter: redrive`. */
export function actionWords(action: string): string {
  const path = /^[A-Z]+ \/admin\/(.+)$/.exec(action)?.[1]
  if (path === undefined) return action
  const [what = '', ...rest] = path.split('/').filter((part) => !part.startsWith(':'))
  const words = NAMES[what] ?? what
  return rest.length === 0 ? (what === 'tasks' ? 'task begun' : words) : `${words}: ${rest.at(-1)}`
}

const NAMES: Readonly<Record<string, string>> = {
  'dead-letters': 'dead letter',
  tasks: 'task',
  outbox: 'outbox',
  effects: 'effect',
  consumer: 'consumer',
  orders: 'order',
}

/** What it was done to, by the name that every command takes, and what else was asked. */
export function aboutOf({
  service,
  target,
  request,
}: {
  readonly service: string
  readonly target: unknown
  readonly request: unknown
}): string {
  const { id, ...more } = (target ?? {}) as { readonly id?: unknown }
  const name = typeof id !== 'string' ? '' : /^\d+$/.test(id) ? `${service}/${id}` : id
  return [name, detailsOf(more, request)].filter((part) => part !== '').join(' ')
}

/** What was asked, as `kind=redrive code=HANDLER`. */
export const detailsOf = (...parts: readonly unknown[]): string => parts.flatMap((part) => leaves(part)).join(' ')

function leaves(value: unknown, name = ''): string[] {
  if (value === null || value === undefined || name === 'dryRun' || name === 'reason') return []
  if (typeof value !== 'object') return [name === '' ? String(value) : `${name}=${value}`]
  return Object.entries(value).flatMap(([inner, one]) => leaves(one, Array.isArray(value) ? name : inner))
}
