import { backoff } from './backoff.ts'
import type { Collector } from './collector.ts'
import { type Definition, EffectRefused, unwanted } from './definition.ts'
import { codeOf, describeError } from './errors.ts'
import { performedBy } from './fold.ts'
import type { StartedEffect } from './input.ts'
import type { Instruments } from './instruments.ts'
import { createWaker, type Pause } from './waker.ts'

/** The effects table, as the runner needs it. */
export interface EffectStore<State = unknown> {
  /** Takes due effects, also those whose runner died (their lease is over), and raises their attempt: the fencing token. */
  claim(limit: number, leaseMs: number): Promise<readonly StartedEffect[]>
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

/** Performs effects outside any transaction; what they answer is an input like any other. */
export function createEffectRunner<State>(options: EffectRunnerOptions<State>): EffectRunner {
  const { store, collector, pause, most = 200, leaseMs = 20_000, pollMs = 200 } = options
  const waker = createWaker(pause)
  const underWay = new Map<string, { effect: StartedEffect; abort: AbortController; done: Promise<void> }>()
  let running = false
  let loops: Promise<unknown> = Promise.resolve()

  async function claimLoop() {
    while (running) {
      const claimed = await claim()
      const more = claimed > 0 && underWay.size < most
      if (!more) await waker.rest(pollMs)
    }
  }

  async function claim(): Promise<number> {
    const room = most - underWay.size
    if (room <= 0) return 0
    try {
      const claimed = await store.claim(room, leaseMs)
      const fresh = claimed.filter(({ again }) => !again).map(({ orderId }) => orderId)
      const states = fresh.length > 0 ? await store.load(fresh) : new Map<string, State>()
      for (const effect of claimed) begin(effect, states.get(effect.orderId))
      return claimed.length
    } catch (error) {
      options.onError(error, 'effects could not be claimed')
      return 0
    }
  }

  function begin(effect: StartedEffect, state: State | undefined) {
    const abort = new AbortController()
    const done = attempt(effect, state, abort.signal).finally(() => {
      underWay.delete(effect.key)
      waker.wake()
    })
    underWay.set(effect.key, { effect, abort, done })
  }

  async function attempt(effect: StartedEffect, state: State | undefined, signal: AbortSignal) {
    try {
      const answer = await answerOf(effect, state, signal)
      await collector.add({ kind: 'outcome', orderId: effect.orderId, effect, answer })
    } catch (error) {
      await (error instanceof EffectRefused ? refuse(effect, error) : retry(effect, error))
    }
  }

  const refuse = (effect: StartedEffect, error: Error) => collector.add({ kind: 'refusal', orderId: effect.orderId, effect, error })

  /** The guard is asked before the first start only: a later attempt may have been heard, so it asks the provider instead. */
  async function answerOf(effect: StartedEffect, state: State | undefined, signal: AbortSignal): Promise<unknown> {
    const { wanted, perform } = performedBy(options.service, effect.kind)
    if (!effect.again && !wanted(state ?? options.service.initial(effect.orderId))) return unwanted
    const timed = options.instruments.effect(effect.kind, effect.cause.traceparent)
    try {
      const answer = await perform(effect.payload, { key: effect.key, again: effect.again, signal, world: options.world })
      timed.end()
      return answer
    } catch (error) {
      timed.end(codeOf(error) ?? 'environment')
      throw error
    }
  }

  /** 1 → 30 s, for ever: an outage of the provider is no reason to give an order up. */
  async function retry({ key, attempt }: StartedEffect, error: unknown) {
    options.instruments.retried('effect')
    options.onError(error, 'an effect will be tried again')
    const delayMs = backoff(attempt, { from: 1_000, to: 30_000 })
    await store
      .retry({ key, attempt, error: describeError(error), delayMs })
      .catch((failed) => options.onError(failed, 'a retry waits for its lease to end'))
  }

  async function renewLoop(stopped: AbortSignal) {
    while (running) {
      await pause(leaseMs / 3, stopped).catch(() => undefined)
      if (running && underWay.size > 0) await renew()
    }
  }

  async function renew() {
    try {
      const held = [...underWay.values()].map(({ effect: { key, attempt } }) => ({ key, attempt }))
      const still = await store.renew(held, leaseMs)
      for (const { key } of held) if (!still.has(key)) underWay.get(key)?.abort.abort()
    } catch (error) {
      options.onError(error, 'leases of effects could not be renewed')
    }
  }

  const stopping = new AbortController()
  return {
    start() {
      running = true
      loops = Promise.all([claimLoop(), renewLoop(stopping.signal)])
    },
    wake: waker.wake,
    async stop(graceMs = 3_000) {
      running = false
      waker.wake()
      stopping.abort()
      await loops
      const done = Promise.all([...underWay.values()].map((one) => one.done))
      await Promise.race([done, pause(graceMs, AbortSignal.timeout(graceMs + 1_000)).catch(() => undefined)])
      for (const { abort } of underWay.values()) abort.abort()
      await Promise.race([done, pause(500, AbortSignal.timeout(1_000)).catch(() => undefined)])
    },
  }
}
