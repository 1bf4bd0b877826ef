import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { waitFor } from '@quadrille/testing'
import { createEffectRunner, type EffectStore, type OutcomeInput, type StartedEffect } from '../src/index.ts'
import { toy } from './toy/toy.ts'

const orderId = randomUUID()
const effect: StartedEffect = { key: `ring:${orderId}`, kind: 'ring', orderId, payload: { orderId }, attempt: 1, again: false, cause: {} }

function runnerOver(store: Partial<EffectStore>, outcomes: OutcomeInput[], ring: () => Promise<string> = async () => 'rung') {
  const saved = new Promise<undefined>(() => undefined) // the database is away: no outcome is ever saved
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
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    pollMs: 1,
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
})
