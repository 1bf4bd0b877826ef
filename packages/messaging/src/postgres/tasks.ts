import type { Pool } from 'pg'

/** Long work that an operator asked for. */
export interface Task {
  readonly id: string
  readonly kind: string
  readonly request: Readonly<Record<string, unknown>>
  /** Fixed when the task was made: what exactly is to be done. */
  readonly plan: unknown
  /** How far it is; null before the first step. */
  readonly position: unknown
  readonly reason: string | null
  readonly startedBy: string
  /** `interrupted`: nobody works on it now; the next instance that looks goes on where it stopped. */
  readonly status: 'waiting' | 'running' | 'interrupted' | 'done' | 'cancelled' | 'failed'
  readonly ratePerSecond: number
  readonly total: number
  readonly done: number
  /** Only tried again: whether it passed this time, its own outcome tells. */
  readonly trying: number
  readonly failed: number
  /** Why it failed; while it runs, what its step is tried again for, since `retriedSince`. */
  readonly error: string | null
  readonly retriedSince: Date | null
  /** The task that must end before this one begins. */
  readonly waitsFor: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type NewTask = Pick<Task, 'kind' | 'request' | 'plan' | 'reason' | 'startedBy' | 'ratePerSecond' | 'total'>
export type TaskProgress = Pick<Task, 'position' | 'done' | 'trying' | 'failed'>

/** The tasks of one service, whichever instance works on them. */
export interface TaskStore {
  add(task: NewTask): Promise<Task>
  find(id: string): Promise<Task | undefined>
  /** Newest first. */
  list(limit: number): Promise<Task[]>
  /** Takes the oldest task that is not over, unless somebody else holds it: so there is one at a time. */
  claim(owner: string, leaseMs: number): Promise<Task | undefined>
  /** Before a step: renews the lease, and tells what the step is tried again for. False: cancelled, or taken over. */
  keep(id: string, owner: string, leaseMs: number, trouble?: string): Promise<boolean>
  /** After a step, which counts also where the task was cancelled meanwhile; but then, or taken over, false. */
  save(id: string, owner: string, progress: TaskProgress, leaseMs: number): Promise<boolean>
  /** As `cancel` does, writes into the audit how it ended. */
  finish(id: string, owner: string, status: 'done' | 'failed', error?: string): Promise<void>
  release(owner: string): Promise<void>
  /** Undefined where there is no such task, and else with its plan; one that is over stays as it ended. */
  cancel(id: string): Promise<Task | undefined>
}

const OPEN = `status in ('waiting', 'running')`

const TASK = `
  id, kind, request, plan, position, reason, started_by as "startedBy", rate_per_second as "ratePerSecond", total, done, trying, failed,
  error, retried_since as "retriedSince",
  case when status = 'waiting' then (select min(id) from operator_tasks as ahead where ${OPEN} and ahead.id < operator_tasks.id) end as "waitsFor",
  case when status = 'running' and lease_until < now() then 'interrupted' else status end as status,
  created_at as "createdAt", updated_at as "updatedAt"`

// The plan may name 100,000 letters: only who works on it needs it.
const WITHOUT_PLAN = TASK.replace(' plan,', ' null as plan,')

const resultWith = (error: string) =>
  `json_strip_nulls(json_build_object('done', done, 'trying', trying, 'failed', failed, 'total', total, 'error', ${error}))::text`

/** The step that was under way when its task was cancelled counts in the audit as well. */
const SAVE = `
  with saved as (
    update operator_tasks set position = $3, done = $4, trying = $5, failed = $6, error = null, retried_since = null,
      lease_until = now() + $7 * interval '1 ms', updated_at = now()
    where id = $1 and owner = $2 and status in ('running', 'cancelled') returning *),
  audited as (update operator_audit set result = (select ${resultWith('error')} from saved) where id = (select audit_id from saved))
  select status = 'running' as "goesOn" from saved`

/** Ends task $1 as $2, for the reason $3, where it is still `open`; its row of the audit names whoever began it. */
const end = (open: string) => `
  with mine as (
    select *, case when $2 = 'done' then null else coalesce($3, error) end as why from operator_tasks where id = $1 and ${open} for update),
  audited as (
    insert into operator_audit (operator, action, target, request, reason, outcome, result, ended_at)
    select started_by, 'task ended', json_build_object('task', id::text, 'kind', kind), request, reason, $2, ${resultWith('why')}, now()
    from mine returning id)
  update operator_tasks set status = $2, error = why, retried_since = null, updated_at = now(), audit_id = audited.id
  from mine, audited where operator_tasks.id = mine.id`

export function createTaskStore(pool: Pool): TaskStore {
  const query = async (text: string, values: unknown[]) => (await pool.query<Task>(text, values)).rows
  const find = async (id: string) => (await query(`select ${WITHOUT_PLAN} from operator_tasks where id = $1`, [id]))[0]
  return {
    find,
    add: async ({ kind, request, plan, reason, startedBy, ratePerSecond, total }) =>
      (
        await query(
          `insert into operator_tasks (kind, request, plan, reason, started_by, rate_per_second, total)
           values ($1, $2, $3, $4, $5, $6, $7) returning ${WITHOUT_PLAN}`,
          [kind, JSON.stringify(request), JSON.stringify(plan), reason, startedBy, ratePerSecond, total],
        )
      )[0]!,
    list: (limit) => query(`select ${WITHOUT_PLAN} from operator_tasks order by id desc limit $1`, [limit]),
    claim: async (owner, leaseMs) =>
      (
        await query(
          `update operator_tasks set status = 'running', owner = $1, lease_until = now() + $2 * interval '1 ms', updated_at = now()
           where id = (select min(id) from operator_tasks where ${OPEN}) and ${OPEN} and (lease_until < now() or owner = $1) returning ${TASK}`,
          [owner, leaseMs],
        )
      )[0],
    async keep(id, owner, leaseMs, trouble) {
      const { rowCount } = await pool.query(
        `update operator_tasks set lease_until = now() + $3 * interval '1 ms', error = coalesce($4, error),
           retried_since = case when $4::text is null then retried_since else coalesce(retried_since, now()) end
         where id = $1 and owner = $2 and status = 'running'`,
        [id, owner, leaseMs, trouble],
      )
      return rowCount === 1
    },
    async save(id, owner, { position, done, trying, failed }, leaseMs) {
      const { rows } = await pool.query<{ goesOn: boolean }>(SAVE, [id, owner, JSON.stringify(position), done, trying, failed, leaseMs])
      return rows[0]?.goesOn ?? false
    },
    async finish(id, owner, status, error) {
      await pool.query(end(`owner = $4 and status = 'running'`), [id, status, error, owner])
    },
    async release(owner) {
      await pool.query(`update operator_tasks set lease_until = '-infinity' where owner = $1 and status = 'running'`, [owner])
    },
    async cancel(id) {
      await pool.query(end(OPEN), [id, 'cancelled', null])
      return (await query(`select ${TASK} from operator_tasks where id = $1`, [id]))[0]
    },
  }
}
