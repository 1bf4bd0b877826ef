import { type AnyInput, backoff, blame, type Collector, describeError, type EventInput, type Pause } from '@quadrille/messaging'
import { type Kept, keptOf } from './event.ts'
import type { Standing } from './standing.ts'

export interface IntoModelOptions {
  readonly save: (events: readonly Kept[]) => Promise<Standing[]>
  readonly onSaved: (standings: readonly Standing[]) => void
  /** Undefined: it goes on. */
  readonly onFailure: (failure: string | undefined) => void
  readonly onUnreadable: () => void
  readonly pause: Pause
  readonly ending: AbortSignal
}

// What waits is saved together; 500 bounds a transaction's memory and time.
const LARGEST_SET = 500

type Waiting = { readonly input: AnyInput; readonly done: () => void }

/** Saves what the consumer reads, set by set. What cannot be read is counted and passed by; an outage is waited for, however long. */
export function createIntoModel(options: IntoModelOptions): Pick<Collector, 'add' | 'size' | 'drained'> {
  const { onUnreadable, ending } = options
  let queue: Waiting[] = []
  let saving = 0
  let lane: Promise<void> | undefined

  async function run() {
    await Promise.resolve() // what arrives in the same tick shares the set
    while (queue.length > 0 && !ending.aborted) {
      const set = queue.slice(0, LARGEST_SET)
      queue = queue.slice(LARGEST_SET)
      saving = set.length
      if (await saved(options, set.map(({ input }) => input).filter(isEvent))) for (const { done } of set) done()
      saving = 0
    }
    lane = undefined
  }

  return {
    add: (input) =>
      new Promise((resolve) => {
        if (!isEvent(input)) onUnreadable()
        queue.push({ input, done: () => resolve(undefined) })
        lane ??= run()
      }),
    get size() {
      return queue.length + saving
    },
    drained: () => lane ?? Promise.resolve(),
  }
}

const isEvent = (input: AnyInput): input is EventInput => input.kind === 'event'

/** False: it ended before the database was back, so that all of it comes again. */
async function saved(options: IntoModelOptions, inputs: readonly EventInput[]): Promise<boolean> {
  const { save, onSaved, onFailure, pause, ending } = options
  for (let attempt = 1; !ending.aborted; attempt++) {
    try {
      const standings = inputs.length === 0 ? [] : await save(inputs.map(keptOf))
      onFailure(undefined)
      onSaved(standings)
      return true
    } catch (error) {
      if (isItsOwnFault(error)) return inputs.length === 1 ? passedBy(options) : eachAlone(options, inputs)
      onFailure(`what was read cannot be saved: ${describeError(error)}`)
      await pause(backoff(attempt, { from: 100, to: 5_000 }), ending).catch(() => undefined)
    }
  }
  return false
}

function passedBy({ onUnreadable }: IntoModelOptions): true {
  onUnreadable()
  return true
}

async function eachAlone(options: IntoModelOptions, inputs: readonly EventInput[]): Promise<boolean> {
  for (const input of inputs) if (!(await saved(options, [input]))) return false
  return true
}

/** What PostgreSQL refuses for its value, or what we stumble over: the same again is refused again. A table that is missing is not that. */
const isItsOwnFault = (error: unknown) => blame(error) === 'data' || error instanceof TypeError || error instanceof RangeError
