import type { AuditRow } from '../answers.ts'
import { chosen, command, ofService, query, whole } from '../command.ts'
import { table } from '../table.ts'
import { clock, cut } from '../words.ts'

const LONGEST_TARGET = 60
const STYLE = { done: 'green', refused: 'yellow', failed: 'red', started: 'red', cancelled: 'yellow' } as const

export const audit = command({
  name: 'audit',
  summary: 'every change that an operator made: who, when, what, why, and what came of it',
  about: '"started" without an end: the service died meanwhile, or still works on it.',
  options: { ...ofService, limit: { type: 'string', value: 'N', help: 'rows (30)' } },
  examples: [['audit', 'the last changes, newest first']],
  async run({ values }, { ask, paint }) {
    const limit = values.limit === undefined ? 30 : whole('limit', values.limit, 500)
    const { found, missing } = await ask.everywhere<AuditRow[]>(`/admin/audit${query({ limit })}`, chosen(values.service))
    const all = found.flatMap(({ service, body }) => body.map((row) => ({ service, ...row })))
    const newest = all.sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, limit)
    const rows = newest.map(({ service, at, operator, action, reason, outcome, ...row }) => [
      ...[
        clock(at),
        operator,
        service,
        action,
        cut(detailsOf(row.target, countsOf(row) || row.request), LONGEST_TARGET),
        paint(STYLE[outcome], outcome),
        reason ?? '',
      ],
    ])
    const text =
      rows.length === 0
        ? 'No operator has changed anything.'
        : table(['when, UTC', 'who', 'where', 'what', 'of', 'outcome', 'why'], rows, paint)
    return { json: newest, missing, text }
  },
})

/** Of the end of a task, which nobody asked for. */
const countsOf = ({ status, result }: Pick<AuditRow, 'status' | 'result'>): unknown => status === null && result && JSON.parse(result)

/** What was asked, as `kind=redrive code=HANDLER`; only changes stand here, so that none was a dry run. */
function detailsOf(...parts: unknown[]): string {
  return parts.flatMap((part) => leaves(part)).join(' ')
}

function leaves(value: unknown, name = ''): string[] {
  if (value === null || name === 'dryRun') return []
  if (typeof value !== 'object') return [`${name}=${value}`]
  return Object.entries(value).flatMap(([inner, one]) => leaves(one, Array.isArray(value) ? name : inner))
}
