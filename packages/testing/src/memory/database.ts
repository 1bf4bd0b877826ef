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
  const openOf = createOpen(faults)
  let lastId = 0
  let moments = 0
  const moment = () => scheduler.now() + ++moments / 1_000_000

  function begin(life: Life): MemoryTransaction {
    const open = openOf(life)
    const onEnded = () => open.delete(transaction)
    const transaction = beginTransaction({ database: service.name, began: moment(), scheduler, faults, locks, life, onEnded })
    open.add(transaction)
    return transaction
  }

  const database: MemoryDatabase = {
    service: service as unknown as Definition,
    scheduler,
    faults,
    tables: emptyTables(),
    locks,
    listeners: new Set(),
    now: scheduler.now,
    nextId: () => ++lastId,
    transact: (life, work) => transact(begin(life), work),
    execute: (life, run) => execute(database, life, run),
    poll: async (life, run, isEmpty) => (scheduler.chance.happens(AT_ONCE) && isEmpty() ? [] : execute(database, life, run)),
  }
  return database
}

const AT_ONCE = 0.75

/** What each process has open: the server rolls back what a dead client left. */
function createOpen(faults: Faults): (life: Life) => Set<MemoryTransaction> {
  const open = new Map<Life, Set<MemoryTransaction>>()
  return (life) => {
    const known = open.get(life)
    if (known) return known
    const its = new Set<MemoryTransaction>()
    open.set(life, its)
    life.onEnd(() => {
      if (its.size > 0) faults.note('crashInTransaction')
      for (const transaction of [...its]) transaction.end()
    })
    return its
  }
}

async function transact<T>(transaction: MemoryTransaction, work: (transaction: MemoryTransaction) => Promise<T>): Promise<T> {
  try {
    const result = await work(transaction)
    if (!transaction.ended) throw new Error('the transaction was not committed')
    return result
  } finally {
    transaction.end()
  }
}

async function execute<T>({ service, scheduler, faults }: MemoryDatabase, life: Life, run: () => T): Promise<T> {
  await scheduler.step(life)
  if (faults.isDown(service.name) || faults.strikes('statement')) throw connectionLost()
  const result = run()
  if (faults.strikes('commit')) throw connectionLost()
  return result
}
