import {
  type AuditEntry,
  type DeadLetter,
  type Kafka,
  MessageError,
  type Operators,
  type ReplayingKafka,
  type Runtime,
  type Task,
} from '@quadrille/messaging'
import { createApp } from '../src/http.ts'
import { createLog } from '../src/logging.ts'
import type { Parts } from '../src/service.ts'
import { createTelemetry } from '../src/telemetry.ts'

/** A log that remembers its lines. */
export function memoryLog(level = 'debug') {
  const lines: string[] = []
  const log = createLog({ service: 'sample', level }, { write: (line) => void lines.push(line) })
  return { log, logged: (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line)) }
}

/** The HTTP side of a service that has no routes yet. */
export async function sampleApp() {
  const { log, logged } = memoryLog()
  const telemetry = createTelemetry({ service: 'sample' })
  const app = await createApp({ service: 'sample', log, meter: telemetry.meter, tracer: telemetry.tracer })
  return { app, log, logged, telemetry }
}

/** Remembers what was begun, and how it ended. */
export function fakeAudit() {
  const rows: (AuditEntry & { outcome: string; status?: number; result?: string | null })[] = []
  const audit: Operators['audit'] = {
    begin: async (entry) => String(rows.push({ ...entry, outcome: 'started' }) - 1),
    end: async (id, ended) => void Object.assign(rows[Number(id)]!, ended),
    list: async () => [],
  }
  return { audit, rows }
}

/** A runtime that only remembers what it was asked. */
export function fakeRuntime({
  letters = [] as DeadLetter[],
  onStop = async () => {},
  meanwhile = () => {},
  operators = fakeOperators(),
} = {}) {
  const asked: unknown[] = []
  const find = (id: string) => letters.find((letter) => letter.id === id)
  const state = { joined: true, progressing: true, backlog: { unsent: 0, oldestAgeMs: 0, parked: 0 } }
  const runtime: Runtime = {
    start: async () => void asked.push('start'),
    async stop() {
      asked.push('stop')
      await onStop()
    },
    submit: async (name, command, cause) => {
      asked.push({ name, command, cause })
      return `${name} done`
    },
    redrive: async (id) => {
      asked.push({ redrive: id })
      meanwhile()
      return find(id) ? { open: 1, trying: 0 } : undefined
    },
    discard: async (id, reason) => {
      asked.push({ discard: id, reason })
      meanwhile()
      return find(id) ? { open: 0, trying: 0 } : undefined
    },
    deadLetters: {
      list: async (filter) => {
        asked.push(filter)
        return letters
      },
      find: async (id) => find(id),
      count: async () => ({ open: letters.length, keys: letters.length, codes: new Map() }),
      summary: async () => [{ code: 'HANDLER', open: 2, orders: 1, firstSeen: new Date(0), lastSeen: new Date(1) }],
      targets: async () => ({ ids: [], letters: 0, orders: 0 }),
    },
    operators,
    backlog: () => state.backlog,
    get joined() {
      return state.joined
    },
    get progressing() {
      return state.progressing
    },
  }
  return { runtime, asked, state }
}

/** Parts of a service that touch neither Kafka nor the process. */
export function fakeParts(runtime: Runtime, createTopics: Kafka['createTopics'] = async () => {}) {
  const fatal: unknown[] = []
  const parts: Parts = {
    createRuntime: () => runtime,
    createKafka: () => ({ createTopics }) as ReplayingKafka,
    onFatal: (error) => void fatal.push(error),
  }
  return { parts, fatal }
}

export const orderRecord = (orderId: string): Awaited<ReturnType<Operators['order']>> => ({
  ...{ orderId, known: true, sequence: 0, parked: true, parkedReason: 'HANDLER', parkedSince: new Date(0) },
  ...{ handled: [], emitted: [], effects: [], letters: [], waits: ['waits for somebody'] },
})

export const sampleTask = (changed: Partial<Task> = {}): Task => ({
  ...{ id: '1', kind: 'redrive', request: {}, plan: { ids: ['7'] }, position: null, reason: null, startedBy: 'ada', status: 'waiting' },
  ...{ ratePerSecond: 50, total: 1, done: 0, trying: 0, failed: 0, error: null, createdAt: new Date(0), updatedAt: new Date(0) },
  ...{ retriedSince: null, waitsFor: null },
  ...changed,
})

/** Operators' means that answer with samples; each can be replaced. */
export function fakeOperators(changed: Partial<Operators> = {}): Operators {
  return {
    audit: fakeAudit().audit,
    tasks: {
      plan: async () => ({ plan: { ids: ['7'] }, total: 1, would: 3, orders: 1, sample: [{ id: '7' }] }),
      start: async (_planned, task) => sampleTask(task),
      find: async (id) => (id === '1' ? sampleTask() : undefined),
      list: async () => [sampleTask()],
      cancel: async (id) => (id === '1' ? sampleTask({ status: 'cancelled' }) : undefined),
    },
    consumer: fakeConsumer(),
    outbox: async () => ({ lease: { owner: 'a', until: new Date(0) }, parked: [] }),
    releaseParked: async () => undefined,
    effects: async () => [],
    retryEffect: async () => undefined,
    order: async (orderId) => orderRecord(orderId),
    ...changed,
  }
}

function fakeConsumer(): Operators['consumer'] {
  let paused: ReturnType<Operators['consumer']['state']>['paused'] = null
  return {
    state: () => ({ joined: true, paused, lastProgressSeconds: 3, partitions: [] }),
    async pause(reason, by) {
      if (paused) throw new MessageError('ALREADY_PAUSED', `by ${paused.by}`)
      paused = { reason, by, since: new Date(0) }
    },
    async resume() {
      const ended = paused
      paused = null
      return ended
    },
  }
}
