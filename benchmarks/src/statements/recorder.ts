import { appendFileSync } from 'node:fs'
import { Client } from 'pg'

/** A statement as a service sent it, and how many rows it answered or changed; one line each in the file that RECORD_STATEMENTS names. */
export interface Recorded {
  /** Statements of one connection follow one another. */
  readonly connection: number
  readonly text: string
  readonly values: readonly unknown[]
  readonly rows: number
}

type Query = (...args: unknown[]) => unknown
type Config = { readonly text?: string; readonly values?: readonly unknown[] }

const file = process.env.RECORD_STATEMENTS
const connections = new WeakMap<object, number>()
let known = 0

/** Loaded before a service, it writes down every statement that its driver sends; the service notices nothing. */
function record(client: object, config: string | Config, values: unknown, rows: number) {
  if (!connections.has(client)) connections.set(client, ++known)
  const { text = '', values: own = [] } = typeof config === 'string' ? { text: config } : config
  const given = Array.isArray(values) ? values : own
  const recorded: Recorded = { connection: connections.get(client)!, text, values: given, rows }
  appendFileSync(file!, `${JSON.stringify(recorded)}\n`)
}

const query = Client.prototype.query as Query

function recording(this: object, ...args: unknown[]): unknown {
  const [config, values] = args as [string | Config, unknown]
  const told = (result: { rowCount?: number | null } | undefined) => record(this, config, values, result?.rowCount ?? 0)
  const last = args.at(-1)
  if (typeof last === 'function') {
    const answered = (error: unknown, result: never) => {
      if (!error) told(result)
      last(error, result)
    }
    return query.apply(this, [...args.slice(0, -1), answered])
  }
  const asked = query.apply(this, args)
  if (asked instanceof Promise) asked.then(told, () => {})
  return asked
}

if (file) Client.prototype.query = recording as never
