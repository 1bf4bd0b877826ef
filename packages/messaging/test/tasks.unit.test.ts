import { describe, expect, it } from '@jest/globals'
import { FatalError, MessageError } from '../src/errors.ts'
import { KafkaRefusal, SendError } from '../src/kafka.ts'
import type { Task, TaskStore } from '../src/postgres/tasks.ts'
import { createTaskRunner, type TaskKind } from '../src/tasks.ts'
import { createVirtualTime } from './virtual-time.ts'

const sample: Task = {
  ...{ id: '1', kind: 'count', request: {}, plan: { steps: 20 }, position: null, reason: null, startedBy: 'ada', status: 'waiting' },
  ...{ ratePerSecond: 10, total: 20, done: 0, trying: 0, failed: 0, error: null, createdAt: new Date(0), updatedAt: new Date(0) },
  ...{ retriedSince: null, waitsFor: null },
}

/** One task in memory. */
function oneTask(changed: Partial<Task> = {}) {
  const state = { task: { ...sample, ...changed }, released: false, owner: '' }
  const mine = (owner: string) => state.owner === owner && state.task.status === 'running'
  const store: TaskStore = {
    add: async () => state.task,
    find: async () => state.task,
    list: async () => [state.task],
    async claim(owner) {
      if (!['waiting', 'running'].includes(state.task.status)) return undefined
      Object.assign(state, { owner, task: { ...state.task, status: 'running' } })
      return state.task
    },
    async keep(_id, owner, _leaseMs, trouble) {
      if (mine(owner) && trouble) state.task = { ...state.task, error: trouble, retriedSince: state.task.retriedSince ?? new Date(0) }
      return mine(owner)
    },
    async save(_id, owner, { position, done, trying, failed }) {
      const progress = { position, done, trying, failed }
      if (mine(owner) || state.task.status === 'cancelled') state.task = { ...state.task, ...progress, error: null, retriedSince: null }
      return mine(owner)
    },
    async finish(_id, owner, status, error) {
      if (mine(owner)) state.task = { ...state.task, status, error: error ?? null, retriedSince: null }
    },
    release: async () => void Object.assign(state, { released: true }),
    cancel: async () => Object.assign(state, { task: { ...state.task, status: 'cancelled' } }).task,
  }
  return { state, store }
}

function running(changed: Partial<Task> = {}, step?: TaskKind['step']) {
  const time = createVirtualTime()
  const { state, store } = oneTask(changed)
  const errors: string[] = []
  const count: TaskKind['step'] = async ({ position }) => {
    const next = ((position as { next: number } | null)?.next ?? 0) + 1
    return next > 20 ? null : { position: { next }, done: 1, failed: 0 }
  }
  const ends: string[] = []
  const ended = async () => void ends.push(state.task.status)
  const kinds = { count: { step: step ?? count, ended, plan: async () => ({ plan: {}, total: 20, would: 20, orders: 20, sample: [] }) } }
  const onError = (error: unknown, what: string) => void errors.push(`${what}: ${(error as Error).message}`)
  const runner = createTaskRunner({ store, kinds, owner: 'me', onError, pause: time.pause, now: time.now })
  runner.start()
  return { time, state, store, errors, ends, runner }
}

describe('a task, while it runs', () => {
  it('takes its steps no faster than its rate', async () => {
    const { time, state } = running()
    await time.until(() => state.task.status === 'done')
    expect(state.task).toMatchObject({ done: 20, failed: 0 })
    expect(time.now()).toBeGreaterThanOrEqual(1_900)
    expect(time.now()).toBeLessThan(2_200)
  })

  it('goes on where it stopped, and at its rate', async () => {
    const { time, state } = running({ status: 'running', position: { next: 15 }, done: 15 })
    await time.until(() => state.task.status === 'done')
    expect(state.task.done).toBe(20)
    expect(time.now()).toBeLessThan(700)
  })

  it('begins no step once it is cancelled between two', async () => {
    let begun = 0
    const { time, state, store } = running({}, async () => ({ position: { next: ++begun }, done: 1, failed: 0 }))
    await time.until(() => state.task.done === 3)
    await store.cancel('1')
    await time.elapse(3_000)
    expect(begun).toBe(3)
    expect(state.task).toMatchObject({ status: 'cancelled', done: 3 })
  })

  it('counts the step that was under way when it was cancelled', async () => {
    let [begun, finish] = [0, (): void => undefined]
    const { time, state, store } = running({}, async () => {
      begun += 1
      if (begun === 3) await new Promise<void>((resolve) => (finish = resolve))
      return { position: { next: begun }, done: 1, failed: 0 }
    })
    await time.until(() => begun === 3)
    await store.cancel('1')
    finish()
    await time.elapse(3_000)
    expect(begun).toBe(3)
    expect(state.task).toMatchObject({ status: 'cancelled', done: 3, position: { next: 3 } })
  })

  it('lets go when the process stops, so that another goes on at once', async () => {
    const { time, state, runner } = running()
    await time.until(() => state.task.done === 5)
    await runner.stop()
    expect(state).toMatchObject({ released: true, task: { status: 'running', done: 5 } })
  })
})

describe('the kind of a task', () => {
  it('is told of its end when it is through, fails, or is cancelled', async () => {
    const through = running()
    await through.time.until(() => through.ends.length > 0)
    const failing = running({}, async () => Promise.reject(new TypeError('a bug')))
    await failing.time.until(() => failing.ends.length > 0)
    const cancelled = running()
    await cancelled.time.until(() => cancelled.state.task.done === 5)
    await cancelled.store.cancel('1')
    await cancelled.time.until(() => cancelled.ends.length > 0)
    expect([through, failing, cancelled].map(({ ends }) => ends)).toEqual([['done'], ['failed'], ['cancelled']])
  })

  it('is not told while the task only moves elsewhere', async () => {
    const { time, state, runner, ends } = running()
    await time.until(() => state.task.done === 5)
    await runner.stop()
    expect(ends).toEqual([])
  })
})

describe('a task, when a step hangs', () => {
  it('does not keep the process from ending', async () => {
    const { time, runner, state } = running({}, () => new Promise(() => undefined))
    await time.until(() => state.task.status === 'running')
    let stopped = false
    const stopping = runner.stop().then(() => {
      stopped = true
    })
    await time.until(() => stopped, 4_000)
    await stopping
    expect(time.now()).toBeGreaterThanOrEqual(3_000)
  })
})

describe('a task, when a step fails', () => {
  it('waits for the environment, for as long as it takes', async () => {
    let down = 10
    const { time, state, errors } = running({}, async ({ position }) => {
      if (down-- > 0) throw Object.assign(new Error('no connection'), { code: 'ECONNREFUSED' })
      return position === null ? { position: 1, done: 1, failed: 0 } : null
    })
    await time.until(() => state.task.status === 'done')
    expect(errors).toHaveLength(10)
    expect(state.task).toMatchObject({ done: 1, error: null })
  })

  it('says meanwhile what it is tried again for, until a step goes through', async () => {
    let down = true
    const { time, state } = running({ total: 1 }, async ({ position }) => {
      if (down) throw new SendError('environment', 'no broker answers')
      return position === null ? { position: 1, done: 1, failed: 0 } : { position, done: 0, failed: 0, restMs: 1_000 }
    })
    await time.until(() => state.task.error !== null)
    expect(state.task).toMatchObject({ status: 'running', error: 'no broker answers', retriedSince: expect.any(Date) })
    down = false
    await time.until(() => state.task.done === 1)
    expect(state.task).toMatchObject({ status: 'running', error: null, retriedSince: null })
  })

  it.each([
    new SendError('record', 'the record is too large'),
    new SendError('authorization', 'not allowed to write'),
    new KafkaRefusal('topic orders.v1 has 3 partitions and should have 12'),
    new MessageError('TASK_REFUSED', 'there is no such outbox'),
    new FatalError('it cannot be parked'),
    Object.assign(new Error('permission denied for table outbox'), { code: '42501' }),
    Object.assign(new Error('value too long'), { code: '22001' }),
  ])('ends at once, and says why, where that never passes: %s', async (error) => {
    let tries = 0
    const { time, state, errors } = running({}, async () => {
      tries += 1
      throw error
    })
    await time.until(() => state.task.status === 'failed', 1_000)
    expect({ tries, error: state.task.error, errors }).toEqual({
      tries: 1,
      error: error.message,
      errors: [`a task failed: ${error.message}`],
    })
  })

  it('ends, and says why, when it is to blame itself', async () => {
    const { time, state } = running({}, async () => {
      throw new TypeError('a bug')
    })
    await time.until(() => state.task.status === 'failed')
    expect(state.task.error).toBe('a bug')
  })

  it('ends when this version does not know its kind', async () => {
    const { time, state } = running({ kind: 'dance' })
    await time.until(() => state.task.status === 'failed')
    expect(state.task.error).toMatch('knows no task of kind dance')
  })
})
