import { stepLine } from '@quadrille/demo/checklist'
import type { PlacedOrder } from '@quadrille/load'
import type { Addresses } from './addresses.ts'
import { Skipped } from './ask.ts'
import * as checks from './checks.ts'

export { type Addresses, readAddresses } from './addresses.ts'

type Print = (line: string) => void

/** Further orders to place, of a believable mix: time to break something. */
export interface Stream {
  readonly orders: number
  readonly rate: number
  /** Decides the mix. */
  readonly seed: number
}

/** What came of the checks. */
export interface Tally {
  readonly well: number
  readonly failed: number
  /** Had nothing to look at. */
  readonly skipped: number
}

export interface Wish {
  /** What is skipped otherwise, since nobody answers, fails. */
  readonly all?: boolean
  readonly stream?: Stream
}

const afterwards: readonly (readonly [name: string, check: checks.Check])[] = [
  ['ends as promised', checks.ends],
  ['timeline', checks.timeline],
  ['mails', checks.mails],
  ['lag', checks.lag],
  ['metrics', checks.metrics],
  ['prometheus', checks.prometheus],
  ['grafana', checks.grafana],
  ['trace', checks.trace],
]

/** Places an order of every flavour in a running system, demo or compose, and looks whether all is as it should be. */
export async function smoke(at: Addresses, print: Print, { all = false, stream }: Wish = {}): Promise<Tally> {
  const tally = { well: 0, failed: 0, skipped: 0 }
  const step = async (name: string, run: () => Promise<string>) => {
    const outcome = await take(name, run, print, all)
    tally[outcome]++
    return outcome !== 'failed'
  }
  if (!(await step('reachable', () => checks.reachable(at)))) return tally
  let placed: readonly PlacedOrder[] = []
  const place = async () => {
    placed = await checks.place(at)
    return `${placed.length}: paid, the same key twice, declined, short, cancelled at once and after the parcel left`
  }
  if (!(await step('orders placed', place))) return tally
  const more = async (wanted: Stream) => {
    const many = await checks.placeMany(at, wanted)
    placed = [...placed, ...many]
    return `${many.length} more, ${wanted.rate} a second, seed ${wanted.seed}`
  }
  if (stream && !(await step('a stream of orders', () => more(stream)))) return tally
  for (const [name, check] of afterwards) await step(name, () => check(at, placed))
  return tally
}

/** The last line. */
export function verdict({ well, failed, skipped }: Tally): string {
  const unseen = skipped > 0 ? `, ${skipped} skipped: not there (--all: must be)` : ''
  return `${failed > 0 ? 'Not well.' : 'All is well.'} ${well} checks passed, ${failed} failed${unseen}.`
}

/** One line, with the time it took. */
async function take(name: string, run: () => Promise<string>, print: Print, all: boolean): Promise<keyof Tally> {
  const startedAt = performance.now()
  const say = (state: 'done' | 'failed' | 'waiting', text: string) =>
    print(stepLine({ name, state, startedAt, endedAt: performance.now(), text }, performance.now()))
  try {
    say('done', await run())
    return 'well'
  } catch (error) {
    const skipped = error instanceof Skipped && !all
    if (skipped) say('waiting', `skipped: ${error.message}`)
    else say('failed', (error as Error).message.trim().replaceAll('\n', '\n     '))
    return skipped ? 'skipped' : 'failed'
  }
}
