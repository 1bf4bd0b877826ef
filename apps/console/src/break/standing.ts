import type { Pause } from '@quadrille/messaging'
import { type Logger, unavailable } from '@quadrille/service-kit'
import type { Broken, Fault, ServiceName } from '../api-types.ts'
import type { Kept, Ledger } from './ledger.ts'

/** What somebody wants to be broken. */
export interface Wish {
  readonly fault: Fault
  readonly target: ServiceName | null
  readonly number: number | null
  readonly by: string
}

/** How it is broken, and made good again; to undo what was never done, or is undone, does no harm. */
export interface Deed {
  /** Tells in words what came of it. */
  does(): Promise<string>
  undoes(): Promise<void>
}

export interface StandingOptions {
  /** The id is the same in every life of the console that knows of it. */
  readonly deedOf: (wish: Wish, id: string) => Deed
  readonly ledger: Pick<Ledger, 'keep' | 'forget'>
  readonly pause: Pause
  readonly now: () => number
  readonly log: Pick<Logger, 'info' | 'warn'>
  /** All must be undone now. */
  readonly ending: AbortSignal
  readonly tell: (wish: Wish, words: string) => void
}

/** One thing that is broken on purpose, from its beginning until it is undone. */
export interface Standing {
  /** Resolves once it is broken; rejects where it could not be. */
  readonly begun: Promise<void>
  /** Resolves when nothing of it is left, and never rejects. */
  readonly life: Promise<void>
  /** Resolves when it could not be undone for the first time; it is tried again. */
  readonly failed: Promise<void>
  /** Before its time. */
  undo(): void
  view(): Broken
}

const AGAIN_MS = 2_000
// Whoever stops has little time: what cannot be undone by then, the next life undoes.
const AGAIN_AT_STOP_MS = 300
const TRIES_AT_STOP = 3

/** Breaks it; what an earlier life has broken `already` is only undone, when its time is over. */
export function stand(kept: Kept, options: StandingOptions, already = false): Standing {
  const { wish, since } = kept
  const { pause, now, ending } = options
  const { does, undone, failure } = createSteps(kept, options)
  const [enough, failed] = [new AbortController(), Promise.withResolvers<void>()]
  let until = kept.until

  async function begin(): Promise<void> {
    await does()
    until = now() + kept.until - since
  }
  async function end(): Promise<void> {
    if (until > now()) await pause(until - now(), AbortSignal.any([ending, enough.signal])).catch(() => undefined)
    until = now()
    for (let tries = 1; !(await undone()) && !(ending.aborted && tries >= TRIES_AT_STOP); tries++) {
      failed.resolve()
      await rest(pause, ending)
    }
  }
  const begun = already ? Promise.resolve() : begin()
  return {
    begun,
    life: begun.then(end, () => undefined),
    failed: failed.promise,
    undo: () => enough.abort(),
    view: () => viewOf(wish, { since, failure: failure(), secondsLeft: Math.max(0, Math.ceil((until - now()) / 1_000)) }),
  }
}

/** Ends early when all must be undone; then it is short, and ends by itself. */
const rest = (pause: Pause, ending: AbortSignal) =>
  ending.aborted ? pause(AGAIN_AT_STOP_MS, new AbortController().signal) : pause(AGAIN_MS, ending).catch(() => undefined)

function createSteps(kept: Kept, { deedOf, ledger, log, tell }: StandingOptions) {
  const { id, wish } = kept
  const { fault, target, number, by } = wish
  const fields = { fault: fault.id, target, number, by }
  const deed = deedOf(wish, id)
  const lasts = fault.seconds > 0
  let failure: string | null = null

  async function all(): Promise<void> {
    await deed.undoes()
    if (lasts) await ledger.forget(id)
  }
  return {
    failure: () => failure,
    async does(): Promise<void> {
      if (lasts) await ledger.keep(kept).catch(unkept)
      try {
        tell(wish, await deed.does())
        log.warn({ ...fields, seconds: fault.seconds }, 'broken on purpose')
      } catch (error) {
        await all().catch(() => undefined) // it may have happened all the same; what is not undone then, the next life undoes
        throw error
      }
    },
    async undone(): Promise<boolean> {
      try {
        await all()
        if (lasts) tell(wish, 'It is over, and undone.')
        log.info(fields, 'undone')
        return true
      } catch (error) {
        failure = (error as Error).message
        log.warn({ ...fields, err: error }, 'not undone yet')
        return false
      }
    },
  }
}

function unkept(error: unknown): never {
  throw unavailable('nothing was broken: the console’s database does not answer, and the next life would not know of it', error)
}

const viewOf = (
  { fault, target, number, by }: Wish,
  { since, ...more }: Pick<Broken, 'failure' | 'secondsLeft'> & { readonly since: number },
): Broken => ({ fault: fault.id, target, number, by, since: new Date(since).toISOString(), ...more })
