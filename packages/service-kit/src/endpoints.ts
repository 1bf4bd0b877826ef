import { serveOperators } from './admin/index.ts'
import { takesMore } from './backlog.ts'
import { schemaVersion } from './database.ts'
import { createGuard } from './guard.ts'
import { type HealthOptions, serveHealth } from './health.ts'
import type { Assembly } from './service.ts'
import type { Life } from './service-life.ts'

/** What every service answers: health, metrics, the operators' API, and then its own routes. */
export async function serveEverything(assembly: Assembly, life: Pick<Life, 'closing' | 'schema'>): Promise<void> {
  const { app, options, runtime, telemetry, running } = assembly
  serveHealth(app, healthOf(assembly, life))
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await telemetry.exposition()),
  )
  const { OPS_TOKEN: token, OPS_READ_TOKEN: readToken } = running.config
  const ops = createGuard(app, { token, readToken }, runtime.operators.audit)
  serveOperators(app, runtime, ops)
  await options.service.serves?.(app, running, ops)
}

/** Neither Kafka nor any provider gates readiness: what they hold up waits in the outbox and in `effects`. */
function healthOf({ options, pool, runtime, running: { config } }: Assembly, life: Pick<Life, 'closing' | 'schema'>): HealthOptions {
  const group = { group: () => runtime.joined }
  return {
    closing: () => life.closing,
    ready: {
      database: async () => (await pool.query('select')).rowCount === 1,
      migrations: async () => isAtLeast(await schemaVersion(pool), life.schema),
      progress: () => runtime.progressing,
      backlog: () => takesMore(runtime.backlog(), config),
      ...(options.readyNeedsGroup !== false && group),
    },
    shown: {
      kafka: () => ({ joined: runtime.joined, paused: runtime.operators.consumer.state().paused?.reason ?? false }),
      outbox: () => runtime.backlog(),
      connections: () => ({ open: pool.totalCount, idle: pool.idleCount, waitedFor: pool.waitingCount }),
    },
  }
}

type Versions = Awaited<ReturnType<typeof schemaVersion>>

/** Newer is fine: during a deployment the next release has migrated already. */
const isAtLeast = (found: Versions, needed: Versions | undefined) =>
  needed !== undefined && found.runtime >= needed.runtime && found.service >= needed.service
