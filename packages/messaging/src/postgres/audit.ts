import type { Pool } from 'pg'

/** What an operator is about to change, and why. */
export interface AuditEntry {
  readonly operator: string
  /** Null where nobody asked: a task came to its end. */
  readonly ip: string | null
  readonly action: string
  readonly target: unknown
  readonly request: unknown
  readonly reason: string | null
}

/** A change as it was asked for, or the end of long work, and what came of it; `started` without an end: the process died, or still works on it. */
export interface AuditRow extends AuditEntry {
  readonly id: string
  readonly at: Date
  readonly outcome: 'started' | 'done' | 'refused' | 'failed' | 'cancelled'
  readonly status: number | null
  readonly result: string | null
  readonly endedAt: Date | null
}

export interface Audit {
  /** Before anything happens; when this fails, nothing may. */
  begin(entry: AuditEntry): Promise<string>
  end(id: string, ended: { outcome: Exclude<AuditRow['outcome'], 'started'>; status: number; result: string | null }): Promise<void>
  /** Newest first. */
  list(page: { limit: number; before?: string }): Promise<AuditRow[]>
}

export const createAudit = (pool: Pool): Audit => ({
  async begin({ operator, ip, action, target, request, reason }) {
    const { rows } = await pool.query<{ id: string }>(
      'insert into operator_audit (operator, ip, action, target, request, reason) values ($1, $2, $3, $4, $5, $6) returning id',
      [operator, ip, action, json(target), json(request), reason && withoutNul(reason)],
    )
    return rows[0]!.id
  },
  async end(id, { outcome, status, result }) {
    await pool.query('update operator_audit set outcome = $2, status = $3, result = $4, ended_at = now() where id = $1', [
      id,
      outcome,
      status,
      result && withoutNul(result),
    ])
  },
  list: async ({ limit, before }) =>
    (
      await pool.query<AuditRow>(
        `select id, at, operator, ip, action, target, request, reason, outcome, status, result, ended_at as "endedAt"
         from operator_audit where $2::bigint is null or id < $2 order by id desc limit $1`,
        [limit, before],
      )
    ).rows,
})

/** PostgreSQL's text refuses NUL, and its jsonb half a surrogate pair as well; a whole one is not escaped. */
const withoutNul = (text: string) => text.replaceAll('\u0000', '\ufffd')
const json = (value: unknown) => JSON.stringify(value ?? null).replaceAll(/\\u(0000|d[89a-f][0-9a-f]{2})/g, '\\ufffd')
