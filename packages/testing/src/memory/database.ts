import type { Definition } from '@quadrille/messaging'
import { connectionLost, type Faults } from './faults.ts'
import { createLocks, type Locks } from './locks.ts'
import type { Life, Scheduler } from './scheduler.ts'
import { emptyTables, type Tables } from './tables.ts'
import { beginTransaction, type MemoryTransaction } from './transaction.ts'

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
  /** A poll: where it would find nothing, three of four times it finds that at once, and takes nobody's turn. Most of a history was such polls. */
  poll<T>(life: Life, run: () => readonly T[], isEmpty: () => boolean): Promise<readonly T[]>
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
  const open = new Map<Life, Set<MemoryTransaction>>()
  let lastId = 0
  let moments = 0
  const moment = () => scheduler.now() + ++moments / 1_000_000

  /** The server rolls back what a dead client left open. */
  function openOf(life: Life): Set<MemoryTransaction> {
    const known = open.get(life) ?? new Set()
    if (!open.has(life))
      life.onEnd(() => {
        if (known.size > 0) faults.note('crashInTransaction')
        for (const transaction of [...known]) transaction.end()
      })
    open.set(life, known)
    return known
  }

  async function transact<T>(life: Life, work: (transaction: MemoryTransaction) => Promise<T>): Promise<T> {
    const ours = openOf(life)
    const transaction = beginTransaction({
      database: service.name,
      began: moment(),
      scheduler,
      faults,
      locks,
      life,
      onEnded: () => ours.delete(transaction),
    })
    ours.add(transaction)
    try {
      const result = await work(transaction)
      if (!transaction.ended) throw new Error('the transaction was not committed')
      return result
    } finally {
      transaction.end()
    }
  }

  async function execute<T>(life: Life, run: () => T): Promise<T> {
    await scheduler.step(life)
    if (faults.isDown(service.name) || faults.strikes('statement')) throw connectionLost()
    const result = run()
    if (faults.strikes('commit')) throw connectionLost()
    return result
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
    execute,
    poll: async (life, run, isEmpty) => (scheduler.chance.happens(AT_ONCE) && isEmpty() ? [] : execute(life, run)),
  }
}

const AT_ONCE = 0.75
