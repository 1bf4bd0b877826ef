import { setTimeout as pause } from 'node:timers/promises'
import { seeded } from '@quadrille/load'
import { readSnapshot, type ServiceName, serviceNames, withClient } from '@quadrille/testing'
import type { Laboratory } from './laboratory.ts'
import { beginLoad } from './load.ts'
import type { LabRow, Trial } from './row.ts'
import { judge, type Verdict } from './verdict.ts'

export interface Tried {
  readonly verdict: Verdict
  /** In words, all that is not as promised. */
  readonly problems: readonly string[]
  readonly seconds: number
  /** Last words of those that ended by themselves, as they might. */
  readonly ended: readonly string[]
  /** Orders promised in this trial. */
  readonly promised: number
}

export interface TryOptions {
  readonly seed: number
  readonly thorough: boolean
  /** What the row before left. */
  readonly before?: Verdict
}

const RATE = 5
const WARM_UP = 10
const QUIET_WITHIN_MS = 180_000

/** One row: load, fault, quiet, judgement. */
export async function tryRow(lab: Laboratory, row: LabRow, { seed, thorough, before }: TryOptions): Promise<Tried> {
  const started = performance.now()
  const bites: Record<string, number> = {}
  const bit = (what: string, times = 1) => {
    bites[what] = (bites[what] ?? 0) + times
  }
  const load = await beginLoad({ shop: lab.stack.shop, url: lab.stack.urls.orders, seed, run: `row-${row.row}`, rate: RATE })
  const trial: Trial = { ...lab, load, bit, thorough, random: seeded(seed + row.row), last: (ms) => pause(ms) }
  const supervision = supervise(lab)
  try {
    await attempt(trial, row)
    const { unanswered, placed } = await load.end()
    const verdict = await judged(lab, bites, unanswered.length)
    const gone = await supervision.end()
    const [meant, unmeant] = [gone.filter((words) => row.mayEnd?.test(words)), gone.filter((words) => !row.mayEnd?.test(words))]
    if (meant.length > 0) bit('started again by the supervisor', meant.length)
    const problems = [...unmeant, ...problemsOf(verdict), ...(row.check?.(verdict, before) ?? [])]
    return { verdict, problems, ended: meant, promised: placed.length, seconds: Math.round((performance.now() - started) / 1000) }
  } catch (error) {
    void load.end().catch(() => undefined)
    const said = Object.entries(lab.stack.complaints()).map(([name, words]) => `${name}:\n${words}`)
    throw new Error([(error as Error).message, ...(await supervision.end()), ...said].join('\n\n'), { cause: error })
  }
}

async function attempt(trial: Trial, row: LabRow) {
  const { load, calm } = trial
  try {
    await load.more(WARM_UP)
    await row.run(trial)
    await load.more(WARM_UP)
  } finally {
    calm()
  }
}

const SUPERVISED_EVERY_MS = 500

/** As Compose and Kubernetes do: what ended by itself is started again, and its last words are kept. */
function supervise({ stack }: Laboratory) {
  const ending = new AbortController()
  const gone: string[] = []
  async function watch() {
    while (!ending.signal.aborted) {
      await pause(SUPERVISED_EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined)
      for (const [name, lastWords] of stack.gone()) {
        gone.push(`${name} ended by itself:\n${lastWords}`)
        await stack.launch(name)
      }
    }
  }
  const watching = watch()
  return {
    async end() {
      ending.abort()
      await watching
      return gone
    },
  }
}

async function judged({ stack }: Laboratory, bites: Verdict['bites'], unanswered: number): Promise<Verdict> {
  await stack.quiet({ deadline: QUIET_WITHIN_MS })
  const snapshot = await readSnapshot({ ...stack.targets, planted: stack.planted() })
  const taken = await Promise.all(serviceNames.map(async (name) => [name, await takenBy(stack.targets.databases[name])] as const))
  return judge({ snapshot, taken: Object.fromEntries(taken) as Record<ServiceName, Set<string>>, bites, unanswered })
}

const takenBy = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ event_id: string }>('select event_id from processed_events')
    return new Set(rows.map(({ event_id }) => event_id))
  })

const MOST = 10

/** The first few of each kind. */
export function problemsOf({ lost, notDelivered, violations, toothless, unanswered }: Verdict): string[] {
  return [
    ...lost.slice(0, MOST).map((id) => `lost: ${id} was acknowledged and is in no topic`),
    ...notDelivered.slice(0, MOST).map((what) => `not delivered: ${what}`),
    ...violations.slice(0, MOST).map(({ invariant, subject, problem }) => `${invariant}: ${subject} ${problem}`),
    ...toothless.map((fault) => `never bit: ${fault}`),
    ...(unanswered > 0 ? [`${unanswered} orders were answered neither yes nor no`] : []),
  ]
}
