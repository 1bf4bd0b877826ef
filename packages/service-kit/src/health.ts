import { z } from 'zod'
import type { App } from './http.ts'
import { HttpProblem } from './problem.ts'

/** One thing that readiness depends on, or that operators like to see: false, or throwing, is "not ok". */
export type Check = () => boolean | Promise<boolean>

export interface HealthOptions {
  /** Without any of these the service must not get requests. */
  readonly ready: Readonly<Record<string, Check>>
  /** Shown by `?verbose`; never gates. */
  readonly shown?: Readonly<Record<string, () => unknown>>
  readonly closing: () => boolean
}

// Shorter than any prober's patience.
const LONGEST_CHECK_MS = 1_500

/** `/livez` and `/readyz`. Alive means that the event loop turns: restarting this process mends neither Kafka nor PostgreSQL. */
export function serveHealth(app: App, { ready, shown = {}, closing }: HealthOptions): void {
  const look = shared(() => lookAt(ready))
  app.get('/livez', { schema: { summary: 'Does the process live?' } }, async () => ({ status: 'alive' }))
  const querystring = z.object({ verbose: z.string().optional() })
  app.get('/readyz', { schema: { summary: 'Should requests come here?', querystring } }, async ({ query }) => {
    const checks = await look()
    const failing = Object.keys(checks).filter((name) => !checks[name])
    const more = query.verbose === undefined ? { checks } : { checks, ...valuesOf(shown) }
    if (closing()) failing.unshift('closing')
    if (failing.length > 0) throw new HttpProblem(503, 'not-ready', 'Not ready', { detail: `not ok: ${failing.join(', ')}`, more })
    return { status: 'ready', ...more }
  })
}

async function lookAt(ready: HealthOptions['ready']): Promise<Record<string, boolean>> {
  const looks = Object.entries(ready).map(async ([name, check]) => [name, await isOk(check)] as const)
  return Object.fromEntries(await Promise.all(looks))
}

async function isOk(check: Check): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, LONGEST_CHECK_MS, false)
  })
  try {
    return await Promise.race([check(), late])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}

const valuesOf = (shown: Readonly<Record<string, () => unknown>>) =>
  Object.fromEntries(Object.entries(shown).map(([name, read]) => [name, read()]))

/** Those who ask at the same time share one look: probes must not queue up for the pool they are about. */
function shared<T>(look: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | undefined
  return () => {
    current ??= look().finally(() => {
      current = undefined
    })
    return current
  }
}
