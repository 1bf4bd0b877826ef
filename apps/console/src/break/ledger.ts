import type { Trx } from '@quadrille/messaging'
import type { FaultId, ServiceName } from '../api-types.ts'
import { faultsOf } from './catalogue.ts'
import type { Wish } from './standing.ts'

/** One thing that is broken on purpose, as the next life of the console has to know it. Times are in milliseconds since 1970. */
export interface Kept {
  readonly id: string
  readonly wish: Wish
  readonly since: number
  readonly until: number
}

export type Ledger = ReturnType<typeof createLedger>

const KEEP = `insert into broken (id, fault, target, number, "by", since, until) values ($1, $2, $3, $4, $5, $6, $7)`

const KEPT = `
  select id, fault, target, number, "by", (extract(epoch from since) * 1000)::float8 as since, (extract(epoch from until) * 1000)::float8 as until
  from broken order by since`

interface Row {
  readonly id: string
  readonly fault: FaultId
  readonly target: ServiceName | null
  readonly number: number | null
  readonly by: string
  readonly since: number
  readonly until: number
}

/** Written before anything is broken, and crossed out after it was undone: whoever dies between leaves a line too many, never one too few. */
export function createLedger(trx: Pick<Trx, 'query'>) {
  return {
    async keep({ id, wish: { fault, target, number, by }, since, until }: Kept): Promise<void> {
      await trx.query(KEEP, [id, fault.id, target, number, by, new Date(since), new Date(until)])
    },
    async forget(id: string): Promise<void> {
      await trx.query('delete from broken where id = $1', [id])
    },
    kept: async (): Promise<Kept[]> => (await trx.query<Row>(KEPT)).flatMap(keptOf),
  }
}

/** A fault that this console does not know any more, nobody can undo. */
function keptOf({ id, fault: name, target, number, by, since, until }: Row): Kept[] {
  const fault = faultsOf(true).find((one) => one.id === name)
  const seconds = Math.round((until - since) / 1_000)
  return fault ? [{ id, wish: { fault: { ...fault, seconds }, target, number, by }, since, until }] : []
}
