import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { type AnyInput, createCollector, createStamp, type SetStore, uuidv7 } from '../src/index.ts'
import { emptyStore } from './toy/empty-store.ts'
import { placedInput } from './toy/inputs.ts'
import { type Toy, toy } from './toy/toy.ts'
import { unrecorded } from './toy/unrecorded.ts'

const count = (orderId: string): AnyInput => ({ kind: 'command', name: 'count', orderId, command: { orderId, by: 1 } as never, cause: {} })

/** A store that fails as told, and remembers the sets it saved. */
function fakeStore(failures: unknown[] = []) {
  const sets: string[][] = []
  const store = emptyStore({ failures, onCommitted: (orderIds) => sets.push([...orderIds]) })
  return { store, sets }
}

async function turns(many: number) {
  for (let turn = 0; turn < many; turn++) await setImmediate()
}

function collectorOver(store: SetStore<Toy, unknown>, rest = () => Promise.resolve()) {
  const pauses: number[] = []
  const fatal: unknown[] = []
  const collector = createCollector({
    service: toy,
    store,
    stamp: createStamp(toy, uuidv7, () => unrecorded),
    read: () => null,
    newId: uuidv7,
    onCommitted: () => undefined,
    onRetry: () => undefined,
    onFatal: (error) => fatal.push(error),
    pause: (ms) => {
      pauses.push(ms)
      return rest()
    },
  })
  return { collector, pauses, fatal }
}

const failed = (code: string) => Object.assign(new Error(code), { code })

describe('the collector', () => {
  it('takes what waits into one set, and what arrives meanwhile into the next', async () => {
    const { store, sets } = fakeStore()
    const { collector } = collectorOver(store)
    const ids = Array.from({ length: 5 }, () => randomUUID())
    const first = ids.slice(0, 3).map((id) => collector.add(placedInput(id)))
    await Promise.resolve()
    await Promise.resolve()
    const second = ids.slice(3).map((id) => collector.add(placedInput(id)))
    await Promise.all([...first, ...second])
    expect(sets.map((set) => set.length)).toEqual([3, 2])
    expect(collector.size).toBe(0)
  })

  it('is awaited from a command until its answer, and never for an event', async () => {
    const { collector } = collectorOver(fakeStore().store)
    const event = collector.add(placedInput(randomUUID()))
    const whileEvent = collector.awaited
    const command = collector.add(count(randomUUID()))
    const whileCommand = collector.awaited
    await Promise.all([event, command, collector.drained()])
    expect([whileEvent, whileCommand, collector.awaited]).toEqual([false, true, false])
  })

  it('lets callers who were answered together, and ask again one after another, share the next set', async () => {
    const { store, sets } = fakeStore()
    const { collector } = collectorOver(store, () => turns(1))
    const callers = Array.from({ length: 8 }, async (_, caller) => {
      await collector.add(count(randomUUID()))
      await turns(1 + caller / 2)
      await collector.add(count(randomUUID()))
    })
    await Promise.all(callers)
    expect(sets.map((set) => set.length)).toEqual([8, 8])
  })

  it('waits five moments at most, however steadily others come', async () => {
    const { store, sets } = fakeStore()
    const others: Promise<unknown>[] = []
    const { collector, pauses } = collectorOver(store, async () => void others.push(collector.add(count(randomUUID()))))
    await Promise.all(Array.from({ length: 20 }, () => collector.add(count(randomUUID()))))
    await Promise.all(others)
    await collector.drained()
    expect(pauses).toHaveLength(5)
    expect(sets.map((set) => set.length)).toEqual([20, 5])
  })

  it('waits for nobody where few were answered', async () => {
    const { store } = fakeStore()
    const { collector, pauses } = collectorOver(store)
    await Promise.all(Array.from({ length: 7 }, () => collector.add(count(randomUUID()))))
    await collector.drained()
    expect(pauses).toEqual([])
  })

  it('saves an event again and again while the environment fails, with growing pauses, and never gives up', async () => {
    const { store, sets } = fakeStore([failed('57P01'), failed('ECONNREFUSED'), failed('40P01'), new Error('timeout')])
    const { collector, pauses } = collectorOver(store)
    await collector.add(placedInput(randomUUID()))
    expect(sets).toHaveLength(1)
    expect(pauses).toHaveLength(4)
    expect(pauses.at(-1)).toBeGreaterThan(pauses[0]!)
  })

  it('tells a caller at once when the environment fails, and saves the events beside it', async () => {
    const { store, sets } = fakeStore([failed('53300')])
    const { collector } = collectorOver(store)
    const [event, command] = await Promise.allSettled([collector.add(placedInput(randomUUID())), collector.add(count(randomUUID()))])
    expect(command).toMatchObject({ status: 'rejected', reason: { code: '53300' } })
    expect(event.status).toBe('fulfilled')
    expect(sets.map((set) => set.length)).toEqual([1])
  })

  it('halves a set that holds refused data, by order, until the guilty one stands alone', async () => {
    const { store, sets } = fakeStore([failed('22P05'), failed('22P05'), failed('22P05')])
    const { collector } = collectorOver(store)
    const ids = Array.from({ length: 4 }, () => randomUUID())
    await Promise.all(ids.flatMap((id) => [collector.add(placedInput(id)), collector.add(placedInput(id))]))
    expect(sets.map((set) => set.length)).toEqual([1, 1, 2])
  })

  it('ends the process rather than go on when even parking is refused', async () => {
    const { store } = fakeStore([failed('22P05'), failed('22P05')])
    const { collector, fatal } = collectorOver(store)
    void collector.add(placedInput(randomUUID()))
    await collector.drained()
    expect(fatal).toMatchObject([{ code: 'FATAL' }])
  })

  it('ends the process on an error that is neither data nor environment, such as a missing table', async () => {
    const { store } = fakeStore([failed('42P01')])
    const { collector, fatal } = collectorOver(store)
    void collector.add(placedInput(randomUUID()))
    await collector.drained()
    expect(fatal).toMatchObject([{ code: '42P01' }])
  })

  it('tells also those who still wait for a set, since what they want must not happen after they were refused', async () => {
    const { store, sets } = fakeStore([failed('57P01')])
    const { collector } = collectorOver(store)
    const event = collector.add(placedInput(randomUUID()))
    await Promise.resolve()
    await Promise.resolve()
    const late = collector.add(count(randomUUID()))
    await expect(late).rejects.toMatchObject({ code: '57P01' })
    await event
    expect(sets.map((set) => set.length)).toEqual([1])
  })

  it('tries a set with callers once more after a deadlock or a lock held too long', async () => {
    const { store } = fakeStore([failed('40P01')])
    const { collector } = collectorOver(store)
    await expect(collector.add(count(randomUUID()))).resolves.toBe(1)
  })

  it('tells an operator that the database still refuses a redrive, and ends nothing', async () => {
    const { store } = fakeStore([failed('22P05')])
    const { collector, fatal } = collectorOver(store)
    await expect(collector.add({ kind: 'redrive', orderId: randomUUID() })).rejects.toMatchObject({ code: 'REDRIVE_REFUSED' })
    expect(fatal).toEqual([])
  })
})
