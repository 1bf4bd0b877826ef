import { describe, expect, it } from '@jest/globals'
import { type Passing, passingAt, passingOf, withCrashingCommits, withCrashingEffects, withCrashingSends } from '../src/crash-points.ts'

function passed() {
  const points: string[] = []
  return { points, pass: ((point) => void points.push(point)) as Passing }
}

describe('crash points, when no plan names them', () => {
  it('cost nothing: every object is the very same', () => {
    const store = { transact: async () => undefined as never }
    const kafka = {} as never
    const service = {} as never
    expect(passingOf({})).toBeUndefined()
    expect(withCrashingCommits(store, undefined)).toBe(store)
    expect(withCrashingSends(kafka, undefined)).toBe(kafka)
    expect(withCrashingEffects(service, undefined)).toBe(service)
  })
})

describe('crash points, when a plan names one', () => {
  it('act at its n-th passing, and at no other', () => {
    let acts = 0
    const pass = passingAt('after-ack:3', () => void acts++)!
    for (const point of ['after-ack', 'before-send', 'after-ack'] as const) pass(point)
    expect(acts).toBe(0)
    pass('after-ack')
    pass('after-ack')
    expect(acts).toBe(1)
  })

  it('are passed around a commit, which does what it did', async () => {
    const { points, pass } = passed()
    const inner = { transact: (work: (trx: never) => Promise<unknown>) => work({ commit: async () => points.push('COMMIT') } as never) }
    const store = withCrashingCommits(inner as never, pass)
    await store.transact((trx) => trx.commit({} as never))
    expect(points).toEqual(['before-commit', 'COMMIT', 'in-commit', 'after-commit'])
  })

  it('are passed around a send; what fails is not acknowledged', async () => {
    const { points, pass } = passed()
    let fails = false
    const producer = { send: async () => (fails ? Promise.reject(new Error('down')) : undefined), disconnect: async () => undefined }
    const sender = await withCrashingSends({ connectProducer: async () => producer } as never, pass).connectProducer()
    await sender.send([])
    fails = true
    await expect(sender.send([])).rejects.toThrow('down')
    expect(points.filter((point) => point !== 'in-send')).toEqual(['before-send', 'after-ack', 'before-send'])
  })

  it('are passed around an effect, whose answer is unchanged', async () => {
    const { points, pass } = passed()
    const service = { effects: [{ perform: async (asked: unknown) => ({ heard: asked }) }] }
    const { effects } = withCrashingEffects(service as never, pass) as typeof service
    expect(await effects[0]!.perform('bell')).toEqual({ heard: 'bell' })
    expect(points).toEqual(['before-perform', 'after-perform'])
  })
})
