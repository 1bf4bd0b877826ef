import { type Emitter, topicOf } from '@quadrille/contracts'
import type { Pool } from 'pg'
import type { Collector } from './collector.ts'
import type { ConsumerControl } from './consumer-control.ts'
import type { Definition } from './definition.ts'
import { MessageError } from './errors.ts'
import type { ReplayingKafka } from './kafka.ts'
import { type Audit, createAudit } from './postgres/audit.ts'
import type { DeadLetters } from './postgres/dead-letters.ts'
import { type EffectFilter, type EffectState, findEffect, hasten, listEffects } from './postgres/effects-state.ts'
import { type OrderRecord, orderRecord } from './postgres/order-record.ts'
import { type OutboxState, outboxState, type ParkedOutboxRow, releaseParked } from './postgres/outbox-state.ts'
import { createTaskStore, type NewTask, type Task } from './postgres/tasks.ts'
import { eachAlone } from './postgres/transaction.ts'
import type { Reader, Reads } from './reads.ts'
import { rebuildTask } from './rebuild-task.ts'
import type { Redriver } from './redrive.ts'
import { discardTask, redriveTask } from './redrive-tasks.ts'
import { outboxReplay } from './replay-outbox.ts'
import { replayTask } from './replay-task.ts'
import { topicReplay } from './replay-topic.ts'
import { createTaskRunner, type Planned, type TaskKind, type TaskRequest } from './tasks.ts'
import { waitsOf } from './waits.ts'
import type { Pause } from './waker.ts'

/** What operators may look at and change, beside single dead letters. */
export interface Operators {
  readonly audit: Audit
  readonly tasks: Tasks
  readonly consumer: ConsumerControl
  outbox(): Promise<OutboxState>
  /** Undefined where no such row is set aside. */
  releaseParked(id: string): Promise<ParkedOutboxRow | undefined>
  effects(filter: EffectFilter): Promise<EffectState[]>
  /** Now instead of later. Throws `EFFECT_NOT_RETRIED`, with the reason, where that makes no sense; undefined where there is no such effect. */
  retryEffect(key: string): Promise<EffectState | undefined>
  order(orderId: string): Promise<OrderRecord & { readonly waits: readonly string[] }>
}

/** Long work: planned first, to be looked at, and then started. */
export interface Tasks {
  plan(request: TaskRequest): Promise<Planned>
  start(planned: Planned, task: Omit<NewTask, 'plan' | 'total' | 'kind'> & { readonly request: TaskRequest }): Promise<Task>
  find(id: string): Promise<Task | undefined>
  list(limit: number): Promise<Task[]>
  cancel(id: string): Promise<Task | undefined>
}

export interface OperatorsOptions<State> {
  readonly service: Pick<Definition<State>, 'name' | 'store' | 'initial' | 'waitsFor'> & Reader
  readonly kafka: ReplayingKafka
  readonly reads: Reads
  readonly collector: Pick<Collector, 'add' | 'size'>
  readonly log: { debug(fields: object, message: string): void }
  readonly pool: Pool
  readonly deadLetters: DeadLetters
  readonly redriver: Redriver
  readonly consumer: ConsumerControl
  readonly relay: { wake(): void }
  readonly runner: { wake(): void }
  readonly owner: string
  readonly pause: Pause
  readonly onError: (error: unknown, what: string) => void
}

export function createOperators<State>(options: OperatorsOptions<State>): Operators & { start(): void; stop(): Promise<void> } {
  const { service, pool, consumer, relay, owner, pause, onError } = options
  const kinds: Readonly<Record<string, TaskKind>> = kindsOf(options)
  const store = createTaskStore(pool)
  const worker = createTaskRunner({ store, kinds, owner, onError, pause })
  return {
    audit: createAudit(pool),
    tasks: {
      plan: (request) => kinds[request.kind]!.plan(request),
      async start({ plan, total }, task) {
        const started = await store.add({ ...task, kind: task.request.kind, plan, total })
        worker.wake()
        return started
      },
      find: store.find,
      list: store.list,
      async cancel(id) {
        const task = await store.cancel(id)
        // Nobody may be working on it; whoever is, tells its end as well
        if (task) kinds[task.kind]?.ended?.(task).catch((error) => onError(error, 'what a task had left could not be removed'))
        return task
      },
    },
    consumer,
    outbox: () => outboxState(pool),
    async releaseParked(id) {
      const released = await releaseParked(pool, id)
      relay.wake()
      return released
    },
    effects: (filter) => listEffects(pool, filter),
    retryEffect: (key) => retryEffect(options, key),
    order: (orderId) => orderOf(service, pool, orderId),
    start: worker.start,
    stop: worker.stop,
  }
}

const kindsOf = <State>(options: OperatorsOptions<State>) => ({
  redrive: redriveTask(options.deadLetters, options.redriver),
  discard: discardTask(options.deadLetters, options.redriver),
  replay: replayTask({ topic: topicReplay(options), outbox: outboxReplay(options) }),
  rebuild: rebuildTask(options),
})

/** A refused effect is retried by a redrive of its letter, so that what waits behind it runs once it has passed. */
async function retryEffect<State>({ pool, deadLetters, redriver, runner }: OperatorsOptions<State>, key: string) {
  const effect = await findEffect(pool, key)
  if (!effect) return undefined
  if (effect.status === 'refused') await redriveLetterOf(deadLetters, redriver, effect)
  else if (!(await hasten(pool, key))) throw new MessageError('EFFECT_NOT_RETRIED', whyNot(effect))
  runner.wake()
  return findEffect(pool, key)
}

async function redriveLetterOf(deadLetters: DeadLetters, { redrive }: Redriver, { key, orderId }: EffectState) {
  const letters = await deadLetters.list({ orderId, open: true, limit: 10_000 })
  const letter = letters.find(({ effectKey }) => effectKey === key)
  if (!letter)
    throw new MessageError('EFFECT_NOT_RETRIED', `its dead letter was discarded: cancel order ${orderId} if it cannot go on without it`)
  await redrive(letter.id)
}

function whyNot({ status, leasedUntil, runAt }: EffectState): string {
  if (status !== 'due') return `it is ${status}: there is nothing left to try`
  if (leasedUntil !== null) return 'an attempt is under way: look again in a moment'
  return `it begins at ${runAt.toISOString()}, and a hold is not shortened`
}

async function orderOf<State>({ name, store, initial, waitsFor }: OperatorsOptions<State>['service'], pool: Pool, orderId: string) {
  const [record, states] = await Promise.all([
    orderRecord(pool, { name, topic: topicOf(name as Emitter) }, orderId),
    store.load(eachAlone(pool), [orderId]),
  ])
  const expected = record.known ? (waitsFor?.(states.get(orderId) ?? initial(orderId)) ?? []) : []
  return { ...record, waits: [...waitsOf(name, record, new Date()), ...expected] }
}
