import type { Trx } from '@quadrille/messaging'
import { createApp, createLog, createTelemetry, migrate, type Routes, type Running } from '@quadrille/service-kit'
import { testDatabase } from '@quadrille/testing'
import { Client } from 'pg'

/** A migrated database, a connection to it that counts its statements, and the service's routes over both. */
export async function openDatabase() {
  const database = await testDatabase(async (url) => void (await migrate(url, new URL('../src/migrations', import.meta.url))), 'loyalty')
  const client = new Client({ connectionString: database.url })
  await client.connect()
  const statements: string[] = []
  const trx: Trx = {
    async query<Row extends object>(text: string, values?: readonly unknown[]) {
      statements.push(text)
      return (await client.query(text, values as unknown[])).rows as Row[]
    },
  }
  const close = async () => {
    await client.end()
    await database.drop()
  }
  return { ...trx, statements, close }
}

/** The routes as clients see them. */
export async function appOver(routes: Routes, trx: Trx) {
  const { meter, tracer } = createTelemetry({ service: 'loyalty' })
  const app = await createApp({ service: 'loyalty', log: createLog({ service: 'loyalty', level: 'silent' }), meter, tracer })
  await routes(app, trx as Running, async () => {})
  return app
}
