import type { Trx } from '@quadrille/messaging'
import { testDatabase } from '@quadrille/testing'
import { Client } from 'pg'
import { migrate } from './database.ts'
import { createApp } from './http.ts'
import { createLog } from './logging.ts'
import type { Routes, Running } from './service.ts'
import { createTelemetry } from './telemetry.ts'

/** For tests of services: a migrated database, and a connection to it that counts its statements. */
export async function openServiceDatabase(service: string, migrations: URL) {
  const database = await testDatabase(async (url) => void (await migrate(url, migrations)), service)
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

/** For tests of services: the routes as clients see them. */
export async function appOver(service: string, routes: Routes, trx: Trx) {
  const { meter, tracer } = createTelemetry({ service })
  const app = await createApp({ service, log: createLog({ service, level: 'silent' }), meter, tracer })
  await routes(app, trx as Running, async () => {})
  return app
}
