import type { DeadLetter, Kafka, Runtime } from '@quadrille/messaging'
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

/** A runtime that only remembers what it was asked. */
export function fakeRuntime({ letters = [] as DeadLetter[], onStop = async () => {} } = {}) {
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
    redrive: async (id) => (find(id) ? { open: 1 } : undefined),
    discard: async (id, reason) => {
      asked.push({ discard: id, reason })
      return find(id) ? { open: 0 } : undefined
    },
    deadLetters: {
      list: async (filter) => {
        asked.push(filter)
        return letters
      },
      find: async (id) => find(id),
      count: async () => ({ open: letters.length, keys: letters.length, codes: new Map() }),
    },
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
    createKafka: () => ({ createTopics }) as Kafka,
    onFatal: (error) => void fatal.push(error),
  }
  return { parts, fatal }
}
