import type { Definition } from '@quadrille/messaging'
import { connectionLost, type Faults } from './faults.ts'
import { createLocks, type Holder, type Locks } from './locks.ts'
import type { Life, Scheduler } from './scheduler.ts'
import { emptyTables, type Tables } from './tables.ts'

/** One connection inside one READ COMMITTED transaction: what it writes is seen by others once it commits, and not before. */
export interface MemoryTransaction extends Holder {
  /** Runs a statement in its turn, after those sent before it. */
  statement<T>(run: () => T | Promise<T>): Promise<T>
  /** Does this at commit. */
  write(change: () => void): void
  lock(row: string): Promise<void>
  commit(): Promise<void>
}

/** One service's database, in memory: rows, locks, sequences, and transactions that interleave between statements. */
export interface MemoryDatabase {
  readonly service: Definition
  readonly tables: Tables
  readonly locks: Locks
  readonly scheduler: Scheduler
  readonly faults: Faults
  /** Milliseconds on the database's clock. */
  now(): number
  /** Taken before commit, so ids become visible out of order. */
  nextId(): number
  transact<T>(life: Life, work: (transaction: MemoryTransaction) => Promise<T>): Promise<T>
  /** A statement that is a transaction of its own. */
  execute<T>(life: Life, run: () => T): Promise<T>
  /** Whoever listens, by `listen`. */
  readonly listeners: Set<() => void>
}

export interface DatabaseOptions<State, Shared> {
  readonly service: Definition<State, Shared>
  readonly scheduler: Scheduler
  readonly faults: Faults
}

export function createDatabase<State, Shared>({ service, scheduler, faults }: DatabaseOptions<State, Shared>): MemoryDatabase {
  const locks = createLocks(scheduler)
  const open = new Map<Life, Set<() => void>>()
  let lastId = 0

  /** The server rolls back what a dead client left open. */
  function openOf(life: Life): Set<() => void> {
    const known = open.get(life) ?? new Set()
    if (!open.has(life))
      life.onEnd(() => {
        for (const end of [...known]) end()
      })
    open.set(life, known)
    return known
  }

  async function transact<T>(life: Life, work: (transaction: MemoryTransaction) => Promise<T>): Promise<T> {
    const transaction = begin(life)
    try {
      const result = await work(transaction)
      if (!transaction.ended) throw new Error('the transaction was not committed')
      return result
    } finally {
      transaction.end()
    }
  }

  function begin(life: Life) {
    let last: Promise<unknown> = Promise.resolve()
    let failed = false
    let ended = false
    let writes: (() => void)[] = []
    const end = () => {
      ended = true
      openOf(life).delete(end)
      writes = []
      locks.release(transaction)
    }

    async function inTurn<T>(before: Promise<unknown>, run: () => T | Promise<T>): Promise<T> {
      await before.catch(() => undefined)
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

    const transaction = {
      life,
      held: new Set<string>(),
      end,
      get ended() {
        return ended
      },
      statement<T>(run: () => T | Promise<T>): Promise<T> {
        const result = inTurn(last, run)
        last = result.catch(() => undefined)
        return result
      },
      write: (change: () => void) => void writes.push(change),
      lock: (row: string) => locks.acquire(transaction, row),
      commit: () =>
        transaction.statement(() => {
          for (const write of writes) write()
          end()
          if (faults.strikes('commit')) throw connectionLost()
        }),
    }
    openOf(life).add(end)
    return transaction
  }

  return {
    service: service as unknown as Definition,
    scheduler,
    faults,
    tables: emptyTables(),
    locks,
    listeners: new Set(),
    now: scheduler.now,
    nextId: () => ++lastId,
    transact,
    async execute(life, run) {
      await scheduler.step(life)
      if (faults.strikes('statement')) throw connectionLost()
      const result = run()
      if (faults.strikes('commit')) throw connectionLost()
      return result
    },
  }
}
