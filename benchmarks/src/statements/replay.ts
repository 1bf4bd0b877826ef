import { createHash } from 'node:crypto'
import { Client } from 'pg'
import { type Replayable, valuesIn } from './script.ts'

/** What to say again, over how many connections at once. */
export interface Replay {
  readonly url: string
  readonly statements: readonly Replayable[]
  readonly clients: number
  readonly ms: number
  /** Told once everything has been prepared, and run often enough to have its plan kept. */
  readonly onWarm: () => void
}

/** PostgreSQL keeps a plan for all parameters after five executions; a statement of a set comes many times in a replay. */
const WARM_UPS = 1
let runs = Date.now()

/** Recorded statements as the services send them: prepared once for a connection, with parameters. Gives how often all of them were run. */
export async function replay({ url, statements, clients, ms, onWarm }: Replay): Promise<number> {
  const lanes = Array.from({ length: clients }, () => new Client({ connectionString: url }))
  try {
    await Promise.all(lanes.map((lane) => lane.connect()))
    const once = (lane: Client) => say(lane, statements)
    for (let time = 0; time < WARM_UPS; time++) await Promise.all(lanes.map(once))
    onWarm()
    const end = performance.now() + ms
    let done = 0
    const run = async (lane: Client) => {
      do {
        await once(lane)
        done += 1
      } while (performance.now() < end)
    }
    await Promise.all(lanes.map(run))
    return done
  } finally {
    await Promise.all(lanes.map((lane) => lane.end()))
  }
}

async function say(client: Client, statements: readonly Replayable[]) {
  const run = ++runs
  for (const one of statements) await client.query({ name: nameOf(one.text), text: one.text, values: valuesIn(one, run) })
}

const nameOf = (text: string) => createHash('md5').update(text).digest('hex')
