import { setTimeout as wait } from 'node:timers/promises'
import { topics } from '@quadrille/contracts'
import type { Kafka } from '@quadrille/messaging'
import type { CommonConfig } from './config.ts'
import { migrate, type SchemaVersion } from './database.ts'
import type { App } from './http.ts'
import { type Step, stopInOrder } from './lifecycle.ts'
import type { Logger } from './logging.ts'
import { observePool, observeProcess } from './process-metrics.ts'
import type { Assembly } from './service.ts'

/** How a service begins and ends. */
export interface Life {
  start(): Promise<string>
  close(): Promise<void>
  /** True from the first moment of closing. */
  readonly closing: boolean
  /** What the migrations left; undefined before. */
  readonly schema: SchemaVersion | undefined
}

// Together 9.5 s: Compose and Kubernetes kill after 10 and 30.
const LONGEST_MS = { http: 1_500, runtime: 6_500, database: 500, telemetry: 1_000 }

export function createLife({ options, app, pool, kafka, runtime, telemetry, running: { config, log, query } }: Assembly): Life {
  const ended = new AbortController()
  const started: Step[] = [['telemetry', LONGEST_MS.telemetry, telemetry.stop]]
  let schema: SchemaVersion | undefined
  let closed: Promise<void> | undefined

  async function begin(): Promise<string> {
    const observed = observeProcess(telemetry.meter)
    observePool(telemetry.meter, pool)
    started.push(['metrics', 0, observed.stop], ['database', LONGEST_MS.database, () => pool.end()])
    schema = await migrate(config.DATABASE_URL, options.migrations, { log })
    await options.prepare?.({ query })
    void createTopics(kafka, log, ended.signal)
    started.push(['runtime', LONGEST_MS.runtime, runtime.stop])
    await runtime.start()
    started.push(['http', LONGEST_MS.http, () => app.close()])
    return await listen(app, config)
  }

  function close(): Promise<void> {
    ended.abort()
    closed ??= stopInOrder(started.toReversed())
    return closed
  }

  return {
    async start() {
      try {
        const url = await begin()
        log.info({ url, schema }, 'service started')
        return url
      } catch (error) {
        await close().catch((cause) => log.warn({ err: cause }, 'stopping after a failed start'))
        throw error
      }
    },
    close,
    get closing() {
      return ended.signal.aborted
    },
    get schema() {
      return schema
    },
  }
}

/** In the background, for ever: the service takes requests also while Kafka is down, and the topics may have been made elsewhere. */
async function createTopics(kafka: Kafka, log: Logger, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      return await kafka.createTopics(topics)
    } catch (error) {
      if (attempt === 1) log.warn({ err: error }, 'waiting for kafka')
      await wait(1_000, undefined, { signal }).catch(() => {})
    }
  }
}

async function listen(app: App, { PORT, HOST }: CommonConfig): Promise<string> {
  try {
    return await app.listen({ port: PORT, host: HOST })
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'EADDRINUSE') throw cause
    throw new Error(`port ${PORT} is taken: set PORT to another one, or stop what listens there`, { cause })
  }
}
