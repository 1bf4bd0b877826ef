import type { Producer } from 'kafkajs'
import type { Pool } from 'pg'

/*
 * The relay of most tutorials, for comparison only: a timer, a LIMIT, one send and one update for each row.
 * Two of them would send everything twice, a crash between send and update repeats, and the timer makes 200 events a second the ceiling.
 */

export interface SeedRelay {
  stop(): Promise<void>
}

const LIMIT = 100

interface Row {
  readonly id: string
  readonly topic: string
  readonly key: string
  readonly payload: string
  readonly headers: Record<string, string>
}

/** Sends what is not published yet, a row at a time; gives how many. */
export async function publishSome(pool: Pool, producer: Producer): Promise<number> {
  const { rows } = await pool.query<Row>('select * from outbox where published_at is null order by id limit $1', [LIMIT])
  for (const { id, topic, key, payload, headers } of rows) {
    await producer.send({ topic, messages: [{ key, value: payload, headers }] })
    await pool.query('update outbox set published_at = now() where id = $1', [id])
  }
  return rows.length
}

/** Every half second, or, with 0, again at once. */
export function startSeedRelay(pool: Pool, producer: Producer, everyMs: number, onPublished: (rows: number) => void): SeedRelay {
  let running = true
  const loop = (async () => {
    while (running) {
      onPublished(await publishSome(pool, producer))
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
  })()
  return {
    stop() {
      running = false
      return loop
    },
  }
}
