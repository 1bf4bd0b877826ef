import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { waitFor } from '@quadrille/testing'
import { createEffectRunner, type EffectStore, type OutcomeInput, type StartedEffect } from '../src/index.ts'
import { toy } from './toy/toy.ts'

const orderId = randomUUID()
const effect: StartedEffect = { key: `ring:${orderId}`, kind: 'ring', orderId, payload: { orderId }, attempt: 1, again: false, cause: {} }

const POLL_MS = 1
const never = new Promise<undefined>(() => undefined)
const untilAborted = (_ms: number, signal: AbortSignal) => new Promise((_, reject) => signal.addEventListener('abort', reject))
const neverPolling = (ms: number, signal: AbortSignal) => (ms === POLL_MS || ms > 1_000 ? untilAborted(ms, signal) : turn())
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** As long as nobody says otherwise, the database is away (no outcome is ever saved) and polls come at once. */
function runnerOver(
  store: Partial<EffectStore>,
  outcomes: OutcomeInput[],
  ring: () => Promise<string> = async () => 'rung',
  { saved = never as Promise<unknown>, pause = turn as typeof untilAborted } = {},
) {
  return createEffectRunner({
    service: toy as never,
    store: {
      start: async (attempts: readonly { key: string }[]) => new Set(attempts.map(({ key }) => key)),
      renew: async () => new Set(),
      retry: async () => undefined,
      load: async () => new Map(),
      ...store,
    } as EffectStore,
    world: { ring },
    collector: {
      add: (input) => {
        outcomes.push(input as OutcomeInput)
        return saved
      },
    },
    instruments: { effect: () => ({ traceparent: '', end: () => undefined }), retried: () => undefined },
    onError: () => undefined,
    pause,
    pollMs: POLL_MS,
  })
}

describe('the effect runner', () => {
  it('does not take again what it still holds, however long the outcome waits for the database', async () => {
    const outcomes: OutcomeInput[] = []
    const excepted: (readonly string[])[] = []
    const claim = async (_limit: number, _leaseMs: number, except: readonly string[]) => {
      excepted.push(except)
      return except.includes(effect.key) || excepted.length > 10 ? [] : [effect]
    }
    const runner = runnerOver({ claim }, outcomes)
    runner.start()
    await waitFor(() => excepted.length > 5, { what: 'claims' })
    await runner.stop(1)
    expect(outcomes).toHaveLength(1)
    expect(excepted.slice(1)).toEqual(excepted.slice(1).map(() => [effect.key]))
  })

  it('notes the start before it performs, and performs nothing whose start could not be noted', async () => {
    const done: string[] = []
    let claims = 0
    const start = async () => {
      done.push('start')
      if (claims === 1) throw new Error('the database went away')
      return new Set([effect.key])
    }
    const claim = async () => (++claims <= 2 ? [effect] : [])
    const runner = runnerOver({ claim, start }, [], async () => String(done.push('ring')))
    runner.start()
    await waitFor(() => claims > 3, { what: 'claims' })
    await runner.stop(1)
    expect(done).toEqual(['start', 'start', 'ring'])
  })

  it('performs nothing that another took over before it could begin', async () => {
    const done: string[] = []
    const outcomes: OutcomeInput[] = []
    let claims = 0
    const claim = async () => (++claims === 1 ? [effect] : [])
    const runner = runnerOver({ claim, start: async () => new Set() }, outcomes, async () => String(done.push('ring')))
    runner.start()
    await waitFor(() => claims > 3, { what: 'claims' })
    await runner.stop(1)
    expect([done, outcomes]).toEqual([[], []])
  })

  /** Of so many effects that are due, and nobody polls: whatever is not claimed because others ended stays. */
  function backlogOf(due: number, pause = neverPolling) {
    const outcomes: OutcomeInput[] = []
    const claimed: number[] = []
    const claim = async (limit: number) => {
      await turn() // meanwhile, all others may end
      const effects = Array.from({ length: Math.min(limit, due) }, () => ({ ...effect, key: randomUUID() }))
      due -= effects.length
      claimed.push(effects.length)
      return effects
    }
    const quick = { saved: Promise.resolve(), pause }
    return { outcomes, claimed, drain: (ring: () => Promise<string>) => runnerOver({ claim }, outcomes, ring, quick) }
  }

  it.each([
    ['at once', async () => 'rung'],
    ['in turns', async () => String(await turn())],
  ])('goes through a backlog without waiting for a poll, when effects end %s', async (_, ring) => {
    const { outcomes, claimed, drain } = backlogOf(1_000)
    const runner = drain(ring)
    runner.start()
    await waitFor(() => outcomes.length === 1_000, { what: 'the backlog to be gone', diagnose: () => `claimed ${claimed.join()}` })
    await runner.stop(1)
    expect(claimed.length).toBeLessThan(25) // fifty at a time
  })

  it('replaces the few that end while most hang, once a poll has shown that they do', async () => {
    let polls = 0
    const isOver = (ms: number) => (ms === POLL_MS ? ++polls === 1 : ms < 1_000)
    const { outcomes, drain } = backlogOf(500, (ms, signal) => (isOver(ms) ? turn() : untilAborted(ms, signal)))
    let rung = 0
    const runner = drain(() => (++rung <= 160 ? never.then(String) : Promise.resolve('rung')))
    runner.start()
    await waitFor(() => outcomes.length === 340, { what: 'all that do not hang to end', diagnose: () => `${outcomes.length} ended` })
    await runner.stop(0)
  })
  it.each([
    ['saves together what ends within a moment, where many are under way', 16, [0, 16]],
    ['saves at once what ends where few are under way', 15, [15, 15]],
  ])('%s', async (_, due, expected) => {
    const moment = Promise.withResolvers<void>()
    let rung = 0
    const { outcomes, drain } = backlogOf(due, (ms, signal) => (ms === 20 ? moment.promise : untilAborted(ms, signal)))
    const runner = drain(async () => String(++rung))
    runner.start()
    await waitFor(() => rung === due, { what: 'all to be performed' })
    await turn()
    const before = outcomes.length
    moment.resolve()
    await waitFor(() => outcomes.length === due, { what: 'all to be saved' })
    await runner.stop(1)
    expect([before, outcomes.length]).toEqual(expected)
  })
})
