import { setTimeout as wait } from 'node:timers/promises'
import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { backoff } from './backoff.ts'
import { blame, describeError, FatalError, isContention, MessageError } from './errors.ts'
import type { AnyInput, CommandInput } from './input.ts'
import { runSet, type SetResult, type SetRunner } from './set.ts'
import { createWaker } from './waker.ts'

export interface CollectorOptions<State, Shared> extends SetRunner<State, Shared> {
  /** The most inputs one transaction takes; 500 bounds its memory and how long it holds its locks. */
  readonly largestSet?: number
  readonly onCommitted: (result: SetResult, inputs: readonly AnyInput[]) => void
  readonly onRetry: (error: unknown, attempt: number) => void
  /** The process can go no further; it must exit and be started again. */
  readonly onFatal: (error: unknown) => void
  readonly pause?: (ms: number) => Promise<unknown>
}

/** Gathers whatever is waiting, of every source, into one transaction at a time. */
export interface Collector {
  /** Resolves once the input's set is committed: with the reply, for a command. Rejects a command that failed; events never reject. */
  add(input: AnyInput): Promise<unknown>
  /** Inputs waiting or being saved. */
  readonly size: number
  /** Whether somebody waits for the answer to a command. */
  readonly awaited: boolean
  /** Resolves when nothing waits any more. */
  drained(): Promise<void>
}

interface Waiting {
  readonly input: AnyInput
  readonly resolve: (reply: unknown) => void
  readonly reject: (error: unknown) => void
}

// Of fewer, a set is not so dear that anybody should wait for another's sake.
const MANY = 8
const MOMENT_MS = 1
const MOST_MOMENTS = 5

export function createCollector<State, Shared>(options: CollectorOptions<State, Shared>): Collector {
  const { largestSet = 500, pause = wait } = options
  const save = createSaver(options, (error) => {
    queue = queue.filter((waiting) => !refuse(waiting, error))
  })
  let queue: Waiting[] = []
  let saving = 0
  const callers = createCallers()
  let lane: Promise<void> | undefined
  let expected = 0
  const crowd = createWaker(pause)

  async function run() {
    await Promise.resolve() // what arrives in the same tick shares the set
    while (queue.length > 0) {
      const set = queue.slice(0, largestSet)
      queue = queue.slice(largestSet)
      saving = set.length
      await save(set)
      saving = 0
      await regathered(set)
    }
    lane = undefined
  }

  /**
   * A crowd that was answered may ask again. Waits a few moments while somebody comes, until as many have come as went: else a crowd falls
   * into two halves that take turns, and then 32 callers cost all processes together 760 µs an order instead of 660.
   */
  async function regathered(set: readonly Waiting[]) {
    const callers = set.filter(({ input }) => input.kind === 'command').length
    if (callers < MANY) return
    expected = Math.min(queue.length + callers, largestSet)
    for (let idle = 0, moments = 0; idle < 2 && moments < MOST_MOMENTS && queue.length < expected; moments++) {
      const before = queue.length
      await crowd.rest(MOMENT_MS)
      idle = queue.length > before ? 0 : idle + 1
    }
    expected = 0
  }

  return {
    add: (input) =>
      new Promise((resolve, reject) => {
        queue.push(callers.counted({ input, resolve, reject }))
        if (queue.length === expected) crowd.wake()
        lane ??= context.with(ROOT_CONTEXT, run) // a set is no part of the request that happened to begin it
      }),
    get size() {
      return queue.length + saving
    },
    get awaited() {
      return callers.any
    },
    drained: () => lane ?? Promise.resolve(),
  }
}

/** Who waits for an answer: nobody any more once it is told, also where the rest of its set is tried again. */
function createCallers() {
  const waiting = new Set<AnyInput>()
  return {
    counted({ input, resolve, reject }: Waiting): Waiting {
      if (input.kind !== 'command') return { input, resolve, reject }
      const answering = (answer: (value: unknown) => void) => (value: unknown) => {
        waiting.delete(input)
        answer(value)
      }
      waiting.add(input)
      return { input, resolve: answering(resolve), reject: answering(reject) }
    },
    get any() {
      return waiting.size > 0
    },
  }
}

/** Saves a set, whatever it takes: the same again while the environment fails, in halves while its data is refused. */
function createSaver<State, Shared>(options: CollectorOptions<State, Shared>, refuseWaiting: (error: unknown) => void) {
  const { onRetry, onFatal, pause = wait } = options

  async function save(set: readonly Waiting[], attempt = 1): Promise<void> {
    try {
      settle(
        set,
        await runSet(
          options,
          set.map(({ input }) => input),
        ),
        options,
      )
    } catch (error) {
      await recover(set, error, attempt)
    }
  }

  async function recover(set: readonly Waiting[], error: unknown, attempt: number) {
    const cause = blame(error)
    if (cause === 'data') return bisect(set, error as Error)
    if (cause === 'bug') return onFatal(error)
    onRetry(error, attempt)
    if (attempt === 1 && isContention(error)) return save(set, 2) // worth one more before callers are refused
    refuseWaiting(error)
    const rest = set.filter((waiting) => !refuse(waiting, error))
    if (rest.length === 0) return
    await pause(backoff(attempt, { from: 100, to: 5_000 }))
    await save(rest, attempt + 1)
  }

  /** Splits by order, never by message, so that only the guilty order is parked and its events stay together. */
  async function bisect(set: readonly Waiting[], error: Error) {
    const orders = [...new Set(set.map(groupOf))]
    if (orders.length === 1) return park(set, error)
    const half = new Set(orders.slice(0, Math.ceil(orders.length / 2)))
    await save(set.filter((waiting) => half.has(groupOf(waiting))))
    await save(set.filter((waiting) => !half.has(groupOf(waiting))))
  }

  async function park(set: readonly Waiting[], error: Error): Promise<unknown> {
    const rest = set.filter((waiting) => !refuseRedrive(waiting, error))
    if (rest.length < set.length) return rest.length > 0 && save(rest)
    if (set.some(({ input }) => 'rejected' in input))
      return onFatal(new FatalError('a refused input could not be parked', { cause: error }))
    return save(set.map((waiting) => ({ ...waiting, input: { ...waiting.input, rejected: error } as AnyInput })))
  }

  return save
}

const groupOf = ({ input }: Waiting): string => input.orderId ?? ('id' in input ? input.id : input.kind)

/** Its letters are parked already: the operator is told that the fix is not there yet, and nothing has changed. */
function refuseRedrive({ input, reject }: Waiting, cause: Error): boolean {
  if (input.kind !== 'redrive') return false
  reject(new MessageError('REDRIVE_REFUSED', `the database still refuses what follows from it: ${describeError(cause)}`, { cause }))
  return true
}

/** A caller does not wait out an outage: it is told at once, and its Idempotency-Key makes the retry safe. */
function refuse({ input, reject }: Waiting, error: unknown): boolean {
  if (input.kind !== 'command' && input.kind !== 'redrive') return false
  reject(error)
  return true
}

function settle<State, Shared>(set: readonly Waiting[], result: SetResult, { onCommitted }: CollectorOptions<State, Shared>) {
  const failures = new Map(result.folded.failed.map(({ step, error }) => [step as AnyInput, error]))
  onCommitted(
    result,
    set.map(({ input }) => input),
  )
  for (const { input, resolve, reject } of set) {
    if (input.kind === 'command' && failures.has(input)) reject(failures.get(input))
    else resolve(result.folded.replies.get(input as CommandInput))
  }
}
