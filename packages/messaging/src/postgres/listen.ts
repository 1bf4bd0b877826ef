import type { Pool, PoolClient } from 'pg'
import type { Listener } from '../outbox.ts'

/** Of this database alone: PostgreSQL tells no other. */
export const CHANNEL = 'outbox'

/** Keeps one connection of the pool for as long as it listens. */
export async function listenTo(pool: Pool, onWake: () => void): Promise<Listener> {
  const client = await pool.connect()
  let alive = true
  function leave(error?: Error | boolean) {
    if (!alive) return
    alive = false
    client.release(error)
  }
  client.on('error', leave)
  client.on('notification', () => alive && onWake())
  await listen(client, leave)
  return {
    get alive() {
      return alive
    },
    close: async () => leave(true), // ends the connection, and with it the listening
  }
}

async function listen(client: PoolClient, leave: (error: Error) => void) {
  try {
    await client.query(`listen ${CHANNEL}`)
  } catch (error) {
    leave(error as Error)
    throw error
  }
}
