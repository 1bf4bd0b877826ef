import type { Pool } from 'pg'

/** Why a service consumes nothing, who wanted that, and since when. */
export interface ConsumerPause {
  readonly reason: string
  readonly by: string
  readonly since: Date
}

/** The pause of a whole service: at most one, and it outlives its processes. */
export interface PauseStore {
  read(): Promise<ConsumerPause | null>
  /** The pause that stands now; `begun` is false where it stood already. */
  begin(reason: string, by: string): Promise<ConsumerPause & { readonly begun: boolean }>
  /** The pause that stood until now. */
  end(): Promise<ConsumerPause | null>
}

export function createPauseStore(pool: Pool): PauseStore {
  const one = async (text: string) => (await pool.query<ConsumerPause>(text)).rows[0] ?? null
  return {
    read: () => one('select reason, by, since from consumer_pause'),
    async begin(reason, by) {
      // The update changes nothing: it only has the row that stands answered in the same statement. A row just inserted has no xmax.
      const { rows } = await pool.query<ConsumerPause & { begun: boolean }>(
        `insert into consumer_pause (reason, by) values ($1, $2)
         on conflict (id) do update set reason = consumer_pause.reason returning reason, by, since, xmax = 0 as begun`,
        [reason.replaceAll('\u0000', '\ufffd'), by.replaceAll('\u0000', '\ufffd')],
      )
      return rows[0]!
    },
    end: () => one('delete from consumer_pause returning reason, by, since'),
  }
}
