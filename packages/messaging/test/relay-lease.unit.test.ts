import { describe, expect, it } from '@jest/globals'
import type { OutboxStore } from '../src/outbox.ts'
import { appended } from './outbox-rows.ts'
import { createWorld } from './relay-world.ts'

type World = ReturnType<typeof createWorld>

/** A relay whose process can be frozen: it asks nothing any more, and what it has asked is answered when it thaws. */
function freezable(world: World, owner: string) {
  let thawed = Promise.resolve()
  let thaw = () => {}
  async function call<T>(effect: () => Promise<T>): Promise<T> {
    await thawed
    const value = await effect()
    await world.pause(1, new AbortController().signal)
    await thawed
    return value
  }
  const { acquire, markAndRead } = world.store
  const store: OutboxStore = {
    ...world.store,
    acquire: (...args) => call(() => acquire(...args)),
    markAndRead: (...args) => call(() => markAndRead(...args)),
  }
  function freeze() {
    const gate = Promise.withResolvers<void>()
    thawed = gate.promise
    thaw = gate.resolve
  }
  return { relay: world.relay(owner, { store }), freeze, thaw: () => thaw() }
}

const publish = (world: World, key: string) => world.outbox.append([appended(key, 1)])

describe('relays of several instances', () => {
  it('are active one at a time', async () => {
    const world = createWorld()
    const [one, two] = [world.relay('one'), world.relay('two')]
    one.start()
    two.start()
    await world.elapse(60_000)
    publish(world, 'a')
    await world.until(() => world.outbox.published().length === 1)
    expect([one.holdsLease, two.holdsLease]).toEqual([true, false])
    expect(world.sends).toHaveLength(1)
  })

  it('take over within 12 s from one that froze, which on thawing does not send what it had read', async () => {
    const world = createWorld()
    const one = freezable(world, 'one')
    const two = world.relay('two')
    one.relay.start()
    await world.until(() => one.relay.holdsLease)
    two.start()
    publish(world, 'a')
    const reads = world.reads.length
    await world.until(() => world.reads.length > reads)
    one.freeze()
    await world.until(() => two.holdsLease, 12_000)
    await world.until(() => world.outbox.published().length === 1, 500)
    expect(world.sends).toHaveLength(1)
    expect(one.relay.holdsLease).toBe(false)
    one.thaw()
    publish(world, 'b')
    await world.elapse(10_000)
    expect([one.relay.holdsLease, two.holdsLease]).toEqual([false, true])
    expect(world.log).toEqual(['a1', 'b1'])
  })

  it('trust the lease only from before they asked for it until 2 s before its end', async () => {
    const world = createWorld()
    const acquire = async (owner: string, ttlMs: number) => {
      const lease = await world.outbox.acquire(owner, ttlMs)
      await world.pause(5_000, new AbortController().signal)
      return lease
    }
    const relay = world.relay('one', { renewMs: 60_000, store: { ...world.store, acquire } })
    relay.start()
    await world.elapse(4_999)
    expect(relay.holdsLease).toBe(false)
    await world.elapse(3_000)
    expect(relay.holdsLease).toBe(true)
    await world.elapse(2)
    expect(relay.holdsLease).toBe(false)
  })

  it('keep the lease while a send takes long', async () => {
    const world = createWorld()
    const [one, two] = [world.relay('one'), world.relay('two')]
    one.start()
    await world.until(() => one.holdsLease)
    two.start()
    world.send = () => new Promise(() => {})
    publish(world, 'a')
    await world.elapse(60_000)
    expect([one.holdsLease, two.holdsLease]).toEqual([true, false])
  })

  it('wake the active one after a commit, a thousand commits by a few words', async () => {
    const world = createWorld()
    const [one, two] = [world.relay('one'), world.relay('two')]
    one.start()
    await world.until(() => one.holdsLease)
    two.start()
    await world.elapse(5_000)
    const committed = world.now()
    publish(world, 'a')
    for (let i = 0; i < 1_000; i++) two.wake()
    await world.until(() => world.sends.length === 1)
    expect(world.now() - committed).toBeLessThan(20)
    await world.elapse(1_000)
    expect(world.outbox.notified).toBeLessThanOrEqual(2)
  })

  it('send no more than 50 words a second, however many commit', async () => {
    const world = createWorld()
    const [one, two] = [world.relay('one'), world.relay('two')]
    one.start()
    await world.until(() => one.holdsLease)
    two.start()
    for (let ms = 0; ms < 1_000; ms++) {
      two.wake()
      await world.elapse(1)
    }
    expect(world.outbox.notified).toBeGreaterThan(40)
    expect(world.outbox.notified).toBeLessThanOrEqual(51)
  })

  it('need no word while the one that commits is active', async () => {
    const world = createWorld()
    const one = world.relay('one')
    one.start()
    await world.until(() => one.holdsLease)
    one.wake()
    await world.elapse(1_000)
    expect(world.outbox.notified).toBe(0)
  })
})

describe('relay, when it is told to stop', () => {
  it('finishes the send in flight, marks it, gives the lease back and disconnects', async () => {
    const world = createWorld()
    const gate = Promise.withResolvers<void>()
    const relay = world.relay()
    world.send = () => gate.promise
    const ids = publish(world, 'a')
    relay.start()
    await world.until(() => world.inFlight === 1)
    publish(world, 'b')
    const stopped = relay.stop()
    gate.resolve()
    await stopped
    expect(world.outbox.published()).toEqual(ids)
    expect(world.connected).toBe(0)
    expect(relay.holdsLease).toBe(false)
    expect(await world.outbox.acquire('two', 1_000)).not.toBeNull()
  })

  it('stops at once while it rests, and while it waits out an outage', async () => {
    const world = createWorld()
    const [resting, waiting] = [world.relay('one'), world.relay('two')]
    resting.start()
    await world.elapse(5_000)
    await resting.stop()
    world.send = () => Promise.reject(new Error('not connected'))
    publish(world, 'a')
    waiting.start()
    await world.elapse(30_000)
    const before = world.now()
    await waiting.stop()
    expect(world.now()).toBe(before)
  })

  it('leaves a send behind that hangs, and the lease to whoever comes next', async () => {
    const world = createWorld()
    const relay = world.relay()
    world.send = () => new Promise(() => {})
    publish(world, 'a')
    relay.start()
    await world.until(() => world.inFlight === 1)
    let stopped = false
    void relay.stop(5_000).then(() => {
      stopped = true
    })
    await world.until(() => stopped, 5_001)
    expect(await world.outbox.acquire('two', 1_000)).not.toBeNull()
    expect(world.outbox.published()).toEqual([])
  })
})
