import { backoff } from './backoff.ts'
import type { Collector } from './collector.ts'
import { type Definition, EffectRefused, unwanted } from './definition.ts'
import { codeOf, describeError, MessageError } from './errors.ts'
import { performedBy } from './fold.ts'
import type { StartedEffect } from './input.ts'
import type { Instruments } from './instruments.ts'
import { createWaker, type Pause, within } from './waker.ts'

/** The effects table, as the runner needs it. */
export interface EffectStore<State = unknown> {
  /**
   * Takes due effects, also those whose runner died (their lease is over), and raises their attempt: the fencing token.
   * Never those in `except`, which this process still holds: their outcome may be waiting for the database.
   */
  claim(limit: number, leaseMs: number, except: readonly string[]): Promise<readonly StartedEffect[]>
  /**
   * Notes, before anything is performed, that from now on the provider may have heard of these, and tells which are still held:
   * who lost its lease before it began must not begin, for its successor may have found the effect unwanted.
   */
  start(attempts: readonly { key: string; attempt: number }[]): Promise<ReadonlySet<string>>
  /** Extends the lease of those still held, and tells which. */
  renew(held: readonly { key: string; attempt: number }[], leaseMs: number): Promise<ReadonlySet<string>>
  /** Comes back later; an environment failure is never given up. */
  retry(failed: { key: string; attempt: number; error: string; delayMs: number }): Promise<void>
  load(orderIds: readonly string[]): Promise<ReadonlyMap<string, State>>
}

export interface EffectRunnerOptions<State> {
  readonly service: Pick<Definition<State>, 'name' | 'effects' | 'initial'>
  readonly store: EffectStore<State>
  readonly world: unknown
  readonly collector: Pick<Collector, 'add'>
  readonly instruments: Pick<Instruments, 'effect' | 'retried'>
  readonly onError: (error: unknown, what: string) => void
  readonly pause: Pause
  /** 200 in flight drained 7,000 effects a second on two cores; 14 in flight, 1,000. */
  readonly most?: number
  /** A killed process's effects are taken over within this, plus a poll. */
  readonly leaseMs?: number
  readonly pollMs?: number
}

export interface EffectRunner {
  start(): void
  wake(): void
  /** Claims nothing more and waits for what is under way, for a while; what is left is taken over elsewhere. */
  stop(graceMs?: number): Promise<void>
}

// Of a backlog, as many are claimed at once as a quarter of all: one claim for each that ends was two writes of PostgreSQL an effect.
// Where most hang, the few others are replaced as soon as they have ended.
const REFILL_AT_SHARE = 0.75
const NEVER = -1

/** Performs effects outside any transaction; what they answer is an input like any other. */
export function createEffectRunner<State>(options: EffectRunnerOptions<State>): EffectRunner {
  const { pause, most = 200, leaseMs = 20_000, pollMs = 200 } = options
  const waker = createWaker(pause)
  const underWay = createUnderWay(options, leaseMs, () => underWay.size === refillAt && waker.wake())
  let refillAt = NEVER
  const stopping = new AbortController()
  let loops: Promise<unknown> = Promise.resolve()

  async function claimLoop() {
    while (!stopping.signal.aborted) {
      const room = most - underWay.size
      const claimed = await claim(room)
      if (room > 0) refillAt = claimed < room ? NEVER : Math.max(Math.floor(most * REFILL_AT_SHARE), underWay.size - claimed)
      if (underWay.size > refillAt) await waker.rest(pollMs)
    }
  }

  async function claim(room: number): Promise<number> {
    try {
      return await claimDue(options, room, leaseMs, underWay)
    } catch (error) {
      options.onError(error, 'effects could not be claimed')
      return 0
    }
  }

  async function renewLoop() {
    while (!stopping.signal.aborted) {
      await pause(leaseMs / 3, stopping.signal).catch(() => undefined)
      if (!stopping.signal.aborted) await underWay.renew()
    }
  }

  return {
    start() {
      loops = Promise.all([claimLoop(), renewLoop()])
    },
    wake: waker.wake,
    async stop(graceMs = 3_000) {
      stopping.abort()
      waker.wake()
      await loops
      await underWay.end(graceMs)
    },
  }
}

/**
 * Takes what is due. The guard is asked before the first start only: a later attempt may have been heard, so it asks the provider
 * instead. Nothing begins before its start is noted, so that an effect whose process died before that is guarded again.
 */
async function claimDue<State>(
  { store, service }: EffectRunnerOptions<State>,
  room: number,
  leaseMs: number,
  held: UnderWay,
): Promise<number> {
  if (room <= 0) return 0
  const claimed = await store.claim(room, leaseMs, held.keys())
  const fresh = claimed.filter(({ again }) => !again)
  const states = fresh.length > 0 ? await store.load(fresh.map(({ orderId }) => orderId)) : new Map<string, State>()
  const isWanted = ({ kind, orderId }: StartedEffect) => asksGuard(service, kind)(states.get(orderId) ?? service.initial(orderId))
  const wanted = fresh.filter(isWanted)
  const begun = wanted.length > 0 ? await store.start(wanted) : new Set<string>()
  const lost = new Set(wanted.filter(({ key }) => !begun.has(key)))
  for (const effect of claimed) if (!lost.has(effect)) held.begin(effect, effect.again || begun.has(effect.key))
  return claimed.length
}

/** What nobody performs any more is begun all the same, and refused there. */
const asksGuard = (service: Pick<Definition<never>, 'effects'>, kind: string): ((state: unknown) => boolean) =>
  service.effects?.find((effect) => effect.kind === kind)?.wanted ?? (() => true)

type UnderWay = ReturnType<typeof createUnderWay>

/** The effects that this process holds now; renews their leases, and ends them. */
function createUnderWay<State>(options: EffectRunnerOptions<State>, leaseMs: number, onDone: () => void) {
  const { store, pause } = options
  const held = new Map<string, { effect: StartedEffect; abort: AbortController; done: Promise<unknown> }>()
  const gathered = gathering(pause)

  function begin(effect: StartedEffect, wanted: boolean) {
    const abort = new AbortController()
    const answered = () => (held.size < MANY ? undefined : gathered())
    const done = attempt(options, effect, wanted, { signal: abort.signal, answered }).finally(() => {
      held.delete(effect.key)
      onDone()
    })
    held.set(effect.key, { effect, abort, done })
  }

  async function renew() {
    const attempts = [...held.values()].map(({ effect: { key, attempt } }) => ({ key, attempt }))
    if (attempts.length === 0) return
    try {
      const still = await store.renew(attempts, leaseMs)
      for (const { key } of attempts) if (!still.has(key)) held.get(key)?.abort.abort()
    } catch (error) {
      options.onError(error, 'leases of effects could not be renewed')
    }
  }

  async function end(graceMs: number) {
    const done = Promise.all([...held.values()].map((one) => one.done))
    await within(pause, graceMs, done)
    for (const { abort } of held.values()) abort.abort()
    await within(pause, 500, done)
  }

  return {
    begin,
    keys: () => [...held.keys()],
    renew,
    end,
    get size() {
      return held.size
    },
  }
}

// Of fewer under way, an answer is saved at once.
const MANY = 16
// Mails ended one by one, and sets of three were most of what PostgreSQL did for an order: sets of a moment took a fifth off all processes.
const MOMENT_MS = 20

/** Whoever comes within a moment goes on together. */
function gathering(pause: Pause): () => Promise<void> {
  let moment: Promise<void> | undefined
  const pass = async () => {
    await pause(MOMENT_MS, new AbortController().signal)
    moment = undefined
  }
  return () => (moment ??= pass())
}

interface Attempted {
  readonly signal: AbortSignal
  /** The provider has answered: resolves when the outcome may be saved. */
  readonly answered: () => Promise<void> | undefined
}

/** One attempt, to its end: an outcome, a refusal, or a retry. Never rejects. */
async function attempt<State>(
  options: EffectRunnerOptions<State>,
  effect: StartedEffect,
  wanted: boolean,
  { signal, answered }: Attempted,
) {
  const { collector } = options
  const { orderId } = effect
  try {
    if (!wanted) return void (await collector.add({ kind: 'outcome', orderId, effect, answer: unwanted }))
    const { answer, traceparent } = await answerOf(options, effect, signal)
    await answered()
    await collector.add({ kind: 'outcome', orderId, effect: { ...effect, cause: { ...effect.cause, traceparent } }, answer })
  } catch (error) {
    if (isFinal(error)) await collector.add({ kind: 'refusal', orderId, effect, error })
    else await retry(options, effect, error)
  }
}

/** An effect that nobody performs any more is refused as well: a retry would not find it either. */
const isFinal = (error: unknown): error is Error => error instanceof EffectRefused || error instanceof MessageError

/** What follows from the answer hangs under the attempt that got it. */
async function answerOf<State>({ service, instruments, world }: EffectRunnerOptions<State>, effect: StartedEffect, signal: AbortSignal) {
  const { key, kind, orderId, payload, again, cause } = effect
  const { perform } = performedBy(service, kind)
  const timed = instruments.effect(kind, orderId, cause.traceparent)
  try {
    const answer = await perform(payload, { key, again, signal, world })
    timed.end()
    return { answer, traceparent: timed.traceparent }
  } catch (error) {
    timed.end(codeOf(error) ?? 'environment')
    throw error
  }
}

/** 1 → 30 s, for ever: an outage of the provider is no reason to give an order up. */
async function retry<State>({ store, instruments, onError }: EffectRunnerOptions<State>, { key, attempt }: StartedEffect, error: unknown) {
  instruments.retried('effect')
  onError(error, 'an effect will be tried again')
  const delayMs = backoff(attempt, { from: 1_000, to: 30_000 })
  const failed = { key, attempt, error: describeError(error), delayMs }
  await store.retry(failed).catch((cause) => onError(cause, 'a retry waits for its lease to end'))
}
