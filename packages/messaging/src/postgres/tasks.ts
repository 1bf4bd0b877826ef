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
  readonly failed: number
  readonly error: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type NewTask = Pick<Task, 'kind' | 'request' | 'plan' | 'reason' | 'startedBy' | 'ratePerSecond' | 'total'>
export type TaskProgress = Pick<Task, 'position' | 'done' | 'failed'>

/** The tasks of one service, whichever instance works on them. */
export interface TaskStore {
  add(task: NewTask): Promise<Task>
  find(id: string): Promise<Task | undefined>
  /** Newest first. */
  list(limit: number): Promise<Task[]>
  /** Takes the oldest task that is not over, unless somebody else holds it: so there is one at a time. */
  claim(owner: string, leaseMs: number): Promise<Task | undefined>
  /** Also renews the lease; false when the task is no longer this owner's: cancelled, or taken over. */
  save(id: string, owner: string, progress: TaskProgress, leaseMs: number): Promise<boolean>
  finish(id: string, owner: string, status: 'done' | 'failed', error?: string): Promise<void>
  release(owner: string): Promise<void>
  /** Undefined where there is no such task, and else with its plan; one that is over stays as it ended. */
  cancel(id: string): Promise<Task | undefined>
}

const OPEN = `status in ('waiting', 'running')`

const TASK = `
  id, kind, request, plan, position, reason, started_by as "startedBy", rate_per_second as "ratePerSecond", total, done, failed, error,
  case when status = 'running' and lease_until < now() then 'interrupted' else status end as status,
  created_at as "createdAt", updated_at as "updatedAt"`

// The plan may name 100,000 letters: only who works on it needs it.
const WITHOUT_PLAN = TASK.replace(' plan,', ' null as plan,')

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
    async save(id, owner, { position, done, failed }, leaseMs) {
      const { rowCount } = await pool.query(
        `update operator_tasks set position = $3, done = $4, failed = $5, lease_until = now() + $6 * interval '1 ms', updated_at = now()
         where id = $1 and owner = $2 and status = 'running'`,
        [id, owner, JSON.stringify(position), done, failed, leaseMs],
      )
      return rowCount === 1
    },
    async finish(id, owner, status, error) {
      await pool.query(
        `update operator_tasks set status = $3, error = $4, updated_at = now() where id = $1 and owner = $2 and status = 'running'`,
        [id, owner, status, error ?? null],
      )
    },
    async release(owner) {
      await pool.query(`update operator_tasks set lease_until = '-infinity' where owner = $1 and status = 'running'`, [owner])
    },
    async cancel(id) {
      await pool.query(`update operator_tasks set status = 'cancelled', updated_at = now() where id = $1 and ${OPEN}`, [id])
      return (await query(`select ${TASK} from operator_tasks where id = $1`, [id]))[0]
    },
  }
}
