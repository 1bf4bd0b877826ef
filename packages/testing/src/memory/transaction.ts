import { connectionLost, type Faults } from './faults.ts'
import type { Holder, Locks } from './locks.ts'
import type { Life, Scheduler } from './scheduler.ts'

/** One connection inside one READ COMMITTED transaction: what it writes is seen by others once it commits, and not before. */
export interface MemoryTransaction extends Holder {
  /** Runs a statement in its turn, after those sent before it. */
  statement<T>(run: () => T | Promise<T>): Promise<T>
  /** Does this at commit. */
  write(change: () => void): void
  lock(row: string): Promise<void>
  commit(): Promise<void>
  /** Rolls back, unless it has ended. */
  end(): void
  readonly ended: boolean
}

export interface TransactionOptions {
  readonly scheduler: Scheduler
  readonly faults: Faults
  readonly locks: Locks
  readonly life: Life
  readonly onEnded: () => void
}

export function beginTransaction({ scheduler, faults, locks, life, onEnded }: TransactionOptions): MemoryTransaction {
  let last: Promise<unknown> = Promise.resolve()
  let failed = false
  let ended = false
  const writes: (() => void)[] = []

  async function inTurn<T>(before: Promise<unknown>, run: () => T | Promise<T>): Promise<T> {
    await before
    await scheduler.step(life)
    if (failed || ended) throw Object.assign(new Error('current transaction is aborted'), { code: '25P02' })
    try {
      if (faults.strikes('statement')) throw connectionLost()
      return await run()
    } catch (error) {
      failed = true
      throw error
    }
  }

  function commit() {
    for (const write of writes) write()
    transaction.end()
    if (faults.strikes('commit')) throw connectionLost()
  }

  const transaction: MemoryTransaction = {
    life,
    held: new Set(),
    statement(run) {
      const result = inTurn(last, run)
      last = result.catch(() => undefined)
      return result
    },
    write: (change) => void writes.push(change),
    lock: (row) => locks.acquire(transaction, row),
    commit: () => transaction.statement(commit),
    end() {
      if (ended) return
      ended = true
      locks.release(transaction)
      onEnded()
    },
    get ended() {
      return ended
    },
  }
  return transaction
}
