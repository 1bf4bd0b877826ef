import { connectionLost, type Faults } from './faults.ts'
import type { Holder, Locks } from './locks.ts'
import type { Life, Scheduler } from './scheduler.ts'

/** One connection inside one READ COMMITTED transaction: what it writes is seen by others once it commits, and not before. */
export interface MemoryTransaction extends Holder {
  /** Runs a statement in its turn, after those sent before it. */
  statement<T>(run: () => T | Promise<T>): Promise<T>
  /** Does this at commit. */
  write(change: () => void): void
  /** Nothing to wait for where the row is free, but for others who come between two rows of a statement. */
  lock(row: string): Promise<void> | undefined
  commit(): Promise<void>
  /** Rolls back, unless it has ended. */
  end(): void
  readonly ended: boolean
  /** When it began, on the database's clock, which is finer than virtual time: what PostgreSQL calls now(). */
  readonly began: number
}

export interface TransactionOptions {
  readonly database: string
  readonly began: number
  readonly scheduler: Scheduler
  readonly faults: Faults
  readonly locks: Locks
  readonly life: Life
  readonly onEnded: () => void
}

const BETWEEN = 1 / 3
const BETWEEN_ROWS = 1 / 8

export function beginTransaction({ database, began, scheduler, faults, locks, life, onEnded }: TransactionOptions): MemoryTransaction {
  const behind: (() => void)[] = []
  let busy = false
  let failed = false
  const writes: (() => void)[] = []

  /** Sent before the one ahead has answered, it mostly runs right after it, as on a server: others come between in one of three. */
  async function statement<T>(run: () => T | Promise<T>): Promise<T> {
    const pipelined = busy
    busy = true
    if (pipelined) await new Promise<void>((resolve) => behind.push(resolve))
    if (!pipelined || scheduler.chance.happens(BETWEEN)) await scheduler.step(life)
    try {
      if (failed || transaction.ended) throw Object.assign(new Error('current transaction is aborted'), { code: '25P02' })
      if (faults.isDown(database) || faults.strikes('statement')) throw connectionLost()
      const result = run()
      return result instanceof Promise ? await result : result
    } catch (error) {
      failed = true
      throw error
    } finally {
      const next = behind.shift()
      if (next) next()
      else busy = false
    }
  }

  function commit() {
    for (const write of writes) write()
    if (life.expelled) faults.note('zombieCommit')
    transaction.end()
    if (faults.strikes('commit')) throw connectionLost()
  }

  const transaction = {
    life,
    began,
    held: new Set<string>(),
    ended: false,
    statement,
    write: (change: () => void) => void writes.push(change),
    lock: (row: string) =>
      scheduler.chance.happens(BETWEEN_ROWS)
        ? scheduler.step(life).then(() => locks.acquire(transaction, row))
        : locks.acquire(transaction, row),
    commit: () => statement(commit),
    end() {
      if (transaction.ended) return
      transaction.ended = true
      locks.release(transaction)
      onEnded()
    },
  }
  return transaction
}
