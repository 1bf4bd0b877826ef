import { freePort } from './free-port.ts'
import { type Exit, startProcess } from './process.ts'
import { prometheusPrograms } from './prometheus-programs.ts'
import { waitFor } from './wait-for.ts'

/** A Prometheus to start. */
export interface PrometheusOptions {
  /** Its configuration; the paths of its rule files are read from there. */
  readonly config: string
  readonly dataDir: string
  readonly port?: number
}

/** One series of an answer, at one time. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** An alert whose condition holds: pending until it has held for as long as its rule says. */
export interface Alert {
  readonly state: 'pending' | 'firing'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** A running Prometheus. */
export interface Prometheus {
  readonly url: string
  /** What a query answers now; one that cannot be read is an error. */
  query(expr: string): Promise<Sample[]>
  alerts(): Promise<Alert[]>
  stop(): Promise<Exit>
}

/** Starts Prometheus on a free port and resolves when it serves queries. */
export async function startPrometheus({ config, dataDir, port: wanted }: PrometheusOptions): Promise<Prometheus> {
  const { prometheus } = await prometheusPrograms()
  const port = wanted ?? (await freePort())
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${dataDir}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn']
  const server = startProcess({ name: 'Prometheus', command: prometheus, args })
  const url = `http://127.0.0.1:${port}`
  const ready = async () => server.exit() !== undefined || (await fetch(`${url}/-/ready`)).ok
  await waitFor(ready, { deadline: 30_000, every: 50, what: 'Prometheus to be ready', diagnose: server.tail }).catch(async (error) => {
    await server.stop()
    throw error
  })
  if (server.exit()) throw new Error(`Prometheus ended while it started:\n${server.tail()}`)
  return {
    url,
    async query(expr) {
      return samplesOf(await ask<QueryAnswer>(url, `query?query=${encodeURIComponent(expr)}`))
    },
    alerts: async () => (await ask<{ alerts: Alert[] }>(url, 'alerts')).alerts,
    stop: () => server.stop(),
  }
}

type Point = readonly [time: number, value: string]
type QueryAnswer =
  | { readonly resultType: 'scalar'; readonly result: Point }
  | { readonly resultType: 'vector'; readonly result: readonly { readonly metric: Sample['labels']; readonly value: Point }[] }

const samplesOf = (answer: QueryAnswer): Sample[] =>
  answer.resultType === 'scalar'
    ? [{ labels: {}, value: Number(answer.result[1]) }]
    : answer.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))

async function ask<Data>(url: string, path: string): Promise<Data> {
  const response = await fetch(`${url}/api/v1/${path}`, { signal: AbortSignal.timeout(10_000) })
  const { status, data, error } = (await response.json()) as { status: string; data: Data; error?: string }
  if (status !== 'success') throw new Error(`Prometheus says: ${error}`)
  return data
}
