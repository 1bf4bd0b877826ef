import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Changes, EffectStore, SetStore, SetTransaction } from '../src/index.ts'
import { attemptOf } from '../src/input.ts'
import { type Counter, changes, effectOf, eventOf, parkedOf, type Shelf } from './set-store-toy.ts'
import { placedInput } from './toy/inputs.ts'

/** Stores over one database, and what a test needs beside the ports. */
export interface StoresUnderTest {
  readonly sets: SetStore<Counter, Shelf>
  readonly effects: EffectStore<Counter>
  /** Sequences of the events in the outbox of this order. */
  appended(orderId: string): Promise<number[]>
  /** Lets the database's clock go on. */
  elapse(ms: number): Promise<void>
  close(): Promise<void>
}

type Trx = SetTransaction<Counter, Shelf>

/** A transaction held open by hand. */
async function begin(sets: SetStore<Counter, Shelf>) {
  const opened = Promise.withResolvers<Trx>()
  const ending = Promise.withResolvers<Changes<Counter, Shelf>>()
  const ended = sets.transact(async (trx) => {
    opened.resolve(trx)
    await trx.commit(await ending.promise)
  })
  ended.catch(() => undefined)
  const trx = await opened.promise
  return {
    ...trx,
    async commit(some: Partial<Changes<Counter, Shelf>> = {}) {
      ending.resolve(changes(some))
      await ended
    },
    async rollback() {
      ending.reject(new Error('rolled back'))
      await ended.catch(() => undefined)
    },
  }
}

/** Tells whether something is settled once others have had time to be. */
function watch(promise: Promise<unknown>) {
  const seen = { settled: false }
  const settle = () => {
    seen.settled = true
  }
  promise.then(settle, settle)
  return seen
}

/** What the collector and the effect runner rely on, whatever the database is made of. */
export function setStoreContract(name: string, make: () => Promise<StoresUnderTest>): void {
  let stores: StoresUnderTest
  let sets: SetStore<Counter, Shelf>
  let effects: EffectStore<Counter>
  let orderId: string
  beforeEach(async () => {
    stores = await make()
    sets = stores.sets
    effects = stores.effects
    orderId = randomUUID()
  })
  afterEach(() => stores.close())

  const change = (some: Partial<Changes<Counter, Shelf>>, first: (trx: Trx) => Promise<unknown> = async () => undefined) =>
    sets.transact(async (trx) => {
      await trx.lock([orderId])
      const result = await first(trx)
      await trx.commit(changes(some))
      return result
    })
  const read = async <T>(ask: (trx: Trx) => Promise<T>): Promise<T> => {
    const trx = await begin(sets)
    const answer = await ask(trx)
    await trx.rollback()
    return answer
  }
  /** Long enough for a statement that does not have to wait. */
  const meanwhile = () => read((trx) => trx.lock([randomUUID()]))
  const streamOf = (id: string) => read(async (trx) => (await trx.lock([id])).streams.get(id))

  describe(`${name}, when events are claimed`, () => {
    it('takes each once, and again only if the first was rolled back', async () => {
      const input = placedInput(orderId)
      expect(await read((trx) => trx.claim([input]))).toEqual(new Set([input.id]))
      expect(await change({}, (trx) => trx.claim([input, input]))).toEqual(new Set([input.id]))
      expect(await read((trx) => trx.claim([input]))).toEqual(new Set())
    })

    it.each(['commit', 'rollback'] as const)('lets the second wait for the first to end, by %s', async (how) => {
      const input = placedInput(orderId)
      const [first, second] = [await begin(sets), await begin(sets)]
      expect(await first.claim([input])).toEqual(new Set([input.id]))
      const claimed = second.claim([input])
      const waiting = watch(claimed)
      await meanwhile()
      expect(waiting.settled).toBe(false)
      await first[how]()
      expect(await claimed).toEqual(new Set(how === 'commit' ? [] : [input.id]))
      await second.rollback()
    })

    it('never takes an event that is parked', async () => {
      const input = placedInput(orderId)
      await change({ parked: [{ ...parkedOf(orderId), eventId: input.id }] })
      expect(await read((trx) => trx.claim([input]))).toEqual(new Set())
    })
  })

  describe(`${name}, when orders are locked`, () => {
    it('makes the second wait, also for an order never seen, and then shows what the first left', async () => {
      const [first, second] = [await begin(sets), await begin(sets)]
      expect((await first.lock([orderId])).streams.get(orderId)).toMatchObject({ sequence: 0, parked: false })
      const seen = Promise.all([second.lock([orderId]), second.load([orderId])])
      const waiting = watch(seen)
      await meanwhile()
      expect(waiting.settled).toBe(false)
      await first.commit({ states: [{ orderId, count: 7 }], events: [eventOf(orderId, 1)], sequences: new Map([[orderId, 1]]) })
      const [{ streams }, states] = await seen
      expect(streams.get(orderId)).toMatchObject({ sequence: 1 })
      expect(states.get(orderId)).toEqual({ orderId, count: 7 })
      await second.rollback()
    })

    it('shows nobody what is not committed', async () => {
      const first = await begin(sets)
      await first.lock([orderId])
      expect(await read((trx) => trx.load([orderId]))).toEqual(new Map())
      await first.rollback()
    })

    it('locks shared rows until the end', async () => {
      await change({ shared: [{ sku: orderId, units: 5 }] })
      const [first, second] = [await begin(sets), await begin(sets)]
      expect((await first.loadShared([orderId])).get(orderId)).toEqual({ sku: orderId, units: 5 })
      const seen = second.loadShared([orderId, 'nobody has this'])
      const waiting = watch(seen)
      await meanwhile()
      expect(waiting.settled).toBe(false)
      await first.commit({ shared: [{ sku: orderId, units: 3 }] })
      expect([...(await seen).values()]).toEqual([{ sku: orderId, units: 3 }])
      await second.rollback()
    })

    it('remembers that an order is parked, and that it is free again', async () => {
      await change({ streams: new Map([[orderId, 'HANDLER']]) })
      expect(await streamOf(orderId)).toMatchObject({ parked: true })
      await change({ streams: new Map([[orderId, null]]) })
      expect(await streamOf(orderId)).toMatchObject({ parked: false })
    })
  })

  describe(`${name}, when a set is written`, () => {
    it('writes all of it or nothing', async () => {
      const input = placedInput(orderId)
      const whole = {
        states: [{ orderId, count: 1 }],
        events: [eventOf(orderId, 1)],
        sequences: new Map([[orderId, 1]]),
        effects: [effectOf(orderId)],
      }
      await change(whole, (trx) => trx.claim([input]))
      const clash = change({ ...whole, states: [{ orderId, count: 2 }] }, (trx) => trx.claim([placedInput(orderId, undefined, 'second')]))
      await expect(clash).rejects.toMatchObject({ code: '23505' })
      expect((await read((trx) => trx.load([orderId]))).get(orderId)).toEqual({ orderId, count: 1 })
      expect(await stores.appended(orderId)).toEqual([1])
      expect(await read((trx) => trx.claim([placedInput(orderId, undefined, 'second')]))).toEqual(new Set(['second']))
    })

    it('rolls back what throws, and what is not committed', async () => {
      const input = placedInput(orderId)
      const thrown = sets.transact(async (trx) => {
        await trx.claim([input])
        throw new Error('a bug')
      })
      await expect(thrown).rejects.toThrow('a bug')
      await expect(sets.transact((trx) => trx.claim([input]))).rejects.toThrow('not committed')
      expect(await read((trx) => trx.claim([input]))).toEqual(new Set([input.id]))
    })
  })

  describe(`${name}, when letters are kept`, () => {
    it('gives open ones in the order they were parked, byte for byte, until they are closed', async () => {
      const [first, second] = [parkedOf(orderId), parkedOf(orderId, 'WAITING')]
      await change({ parked: [first, second] })
      await change({ parked: [{ ...first, code: 'ONCE MORE' }] })
      const letters = await read((trx) => trx.openLetters([orderId], []))
      expect(letters).toMatchObject([
        { eventId: first.eventId, code: 'HANDLER' },
        { eventId: second.eventId, code: 'WAITING' },
      ])
      expect(letters[0]!.message).toMatchObject({ topic: first.message.topic, key: first.message.key, value: first.message.value })
      await change({
        closed: [{ id: letters[0]!.id, outcome: 'redriven' }],
        failedAgain: [{ id: letters[1]!.id, code: 'HANDLER', error: 'again' }],
      })
      const left = await read((trx) => trx.openLetters([orderId], []))
      expect(left).toMatchObject([{ eventId: second.eventId, code: 'HANDLER', attempts: 2 }])
    })

    it('finds one without an order by its id', async () => {
      const row = parkedOf(null)
      const keyed = parkedOf(orderId)
      await change({ parked: [row, keyed] })
      const [letter] = await read((trx) => trx.openLetters([orderId], []))
      expect(await read((trx) => trx.openLetters([], [letter!.id]))).toMatchObject([{ eventId: keyed.eventId }])
      expect(await read((trx) => trx.openLetters([], []))).toEqual([])
    })
  })

  const own = async <T extends { orderId: string }>(claimed: Promise<readonly T[]>) =>
    (await claimed).filter((one) => one.orderId === orderId)
  const claim = (leaseMs = 1_000) => own(effects.claim(1_000, leaseMs, []))

  describe(`${name}, when effects are claimed`, () => {
    it('gives one only when it is due, once while it is leased, and with the cause that asked for it', async () => {
      await change({ effects: [effectOf(orderId, 400)] })
      expect(await claim()).toEqual([])
      await stores.elapse(420)
      const [started] = await claim()
      expect(started).toMatchObject({
        key: `ring:${orderId}`,
        kind: 'ring',
        payload: { orderId },
        attempt: 1,
        again: false,
        cause: { correlationId: 'c-1' },
      })
      expect(await claim()).toEqual([])
    })

    it('stores a key once, and never again after it was done', async () => {
      await change({ effects: [effectOf(orderId)] })
      await change({ effects: [effectOf(orderId)] })
      const [started] = await claim()
      await change({ ended: [{ ...started!, status: 'done' }] }, (trx) => trx.fence([started!]))
      await change({ effects: [effectOf(orderId)] })
      await stores.elapse(1_100)
      expect(await claim()).toEqual([])
    })

    it('lets another take over when the lease is over, and then fences the first out', async () => {
      await change({ effects: [effectOf(orderId)] })
      const [first] = await claim(300)
      await stores.elapse(350)
      const [second] = await claim(1_000)
      expect(second).toMatchObject({ attempt: 2 })
      expect(await read((trx) => trx.fence([first!]))).toEqual(new Set())
      expect(await read((trx) => trx.fence([first!, second!]))).toEqual(new Set([attemptOf(second!)]))
      expect(await effects.renew([first!], 1_000)).toEqual(new Set())
    })

    it('knows whether an earlier attempt had begun, and gives none that its holder still has', async () => {
      await change({ effects: [effectOf(orderId)] })
      const [first] = await claim(100)
      await stores.elapse(150)
      expect(await own(effects.claim(1_000, 100, [first!.key]))).toEqual([])
      expect((await claim(100))[0]).toMatchObject({ attempt: 2, again: false })
      expect(await effects.start([{ ...first!, attempt: 2 }])).toEqual(new Set([first!.key]))
      await stores.elapse(150)
      expect((await claim(100))[0]).toMatchObject({ attempt: 3, again: true })
    })

    it('lets nobody begin who lost the lease before, nor notes it', async () => {
      await change({ effects: [effectOf(orderId)] })
      const [first] = await claim(100)
      await stores.elapse(150)
      const [second] = await claim(100)
      expect(await effects.start([first!])).toEqual(new Set())
      await stores.elapse(150)
      expect((await claim(100))[0]).toMatchObject({ attempt: 3, again: false })
      await change({ ended: [{ ...second!, attempt: 3, status: 'void' }] })
      expect(await effects.start([{ ...first!, attempt: 3 }])).toEqual(new Set())
    })

    it('keeps what is renewed', async () => {
      await change({ effects: [effectOf(orderId)] })
      const [held] = await claim(400)
      await stores.elapse(200)
      expect(await effects.renew([held!], 1_000)).toEqual(new Set([held!.key]))
      await stores.elapse(300)
      expect(await claim()).toEqual([])
    })

    it('brings a failed one back after its delay, with its next attempt', async () => {
      await change({ effects: [effectOf(orderId)] })
      const { key, attempt } = (await claim())[0]!
      await effects.retry({ key, attempt, error: '503', delayMs: 300 })
      expect(await claim()).toEqual([])
      await stores.elapse(320)
      const [again] = await claim()
      expect(again).toMatchObject({ attempt: 2 })
      await effects.retry({ key, attempt, error: 'a late answer of the first', delayMs: 0 })
      expect(await claim()).toEqual([])
    })

    it('skips what a transaction holds', async () => {
      await change({ effects: [effectOf(orderId)] })
      const [started] = await claim(200)
      const saving = await begin(sets)
      expect(await saving.fence([started!])).toEqual(new Set([attemptOf(started!)]))
      await stores.elapse(250)
      expect(await claim()).toEqual([])
      await saving.rollback()
      expect(await claim()).toHaveLength(1)
    })

    it('renews in the order in which sets lock, so that the two never wait for each other', async () => {
      const keys = [`a:${orderId}`, `b:${orderId}`, `c:${orderId}`]
      await change({ effects: keys.map((key, place) => ({ ...effectOf(orderId, 30 - 10 * place), key })) })
      await stores.elapse(50)
      const started = (await claim()).toSorted((one, other) => (one.key < other.key ? -1 : 1))
      const saving = await begin(sets)
      expect(await saving.fence(started.slice(0, 1))).toEqual(new Set(started.slice(0, 1).map(attemptOf)))
      const renewed = effects.renew(started.toReversed(), 1_000)
      await meanwhile()
      expect(await saving.fence(started.slice(1))).toEqual(new Set(started.slice(1).map(attemptOf)))
      await saving.commit({ ended: started.slice(0, 1).map((one) => ({ ...one, status: 'done' })) })
      expect(await renewed).toEqual(new Set(keys.slice(1)))
    })

    it('makes a refused one due again, and no other', async () => {
      await change({ effects: [effectOf(orderId)] })
      const [started] = await claim()
      await change({ ended: [{ ...started!, status: 'refused', error: 'no' }] }, (trx) => trx.fence([started!]))
      expect(await claim()).toEqual([])
      await change({ due: [started!.key] })
      const [again] = await claim()
      expect(again).toMatchObject({ attempt: 2 })
      await change({ ended: [{ ...again!, status: 'done' }] }, (trx) => trx.fence([again!]))
      await change({ due: [started!.key] })
      expect(await claim()).toEqual([])
    })

    it('shows the committed states that a guard asks for', async () => {
      await change({ states: [{ orderId, count: 3 }] })
      expect(await effects.load([orderId, 'nobody'])).toEqual(new Map([[orderId, { orderId, count: 3 }]]))
    })
  })
}
