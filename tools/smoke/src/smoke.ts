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

/** Places an order of every flavour in a running system, demo or compose, and looks whether all is as it should be. How many checks failed. */
export async function smoke(at: Addresses, print: Print, { all = false, stream }: Wish = {}): Promise<number> {
  const step = stepOf(print, all)
  if (!(await step('reachable', () => checks.reachable(at)))) return 1
  let placed: readonly PlacedOrder[] = []
  const place = async () => {
    placed = await checks.place(at)
    return `${placed.length}: paid, the same key twice, declined, short, cancelled at once and after the parcel left`
  }
  if (!(await step('orders placed', place))) return 1
  const more = async ({ orders, rate }: Stream) => {
    const many = await checks.placeMany(at, orders, rate)
    placed = [...placed, ...many]
    return `${many.length} more, ${rate} a second`
  }
  if (stream && !(await step('a stream of orders', () => more(stream)))) return 1
  let failed = 0
  for (const [name, check] of afterwards) if (!(await step(name, () => check(at, placed)))) failed++
  return failed
}

/** One line, with the time it took; false if it went wrong. */
const stepOf =
  (print: Print, all: boolean) =>
  async (name: string, run: () => Promise<string>): Promise<boolean> => {
    const startedAt = performance.now()
    const say = (state: 'done' | 'failed' | 'waiting', text: string) =>
      print(stepLine({ name, state, startedAt, endedAt: performance.now(), text }, performance.now()))
    try {
      say('done', await run())
      return true
    } catch (error) {
      const skipped = error instanceof Skipped && !all
      if (skipped) say('waiting', `skipped: ${error.message}`)
      else say('failed', (error as Error).message.trim().replaceAll('\n', '\n     '))
      return skipped
    }
  }
