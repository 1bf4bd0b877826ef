import { EventEmitter } from 'node:events'
import { describeError, type Pause } from '@quadrille/messaging'
import { services } from '@quadrille/ops'
import type { ServicePulse } from '../api-types.ts'
import { type AskOptions, createAsk } from './ask.ts'
import type { Held } from './held.ts'
import { lookAt } from './service.ts'
import { createStuck } from './stuck.ts'

export interface WatchOptions extends AskOptions {
  readonly everyMs: number
  readonly pause: Pause
  readonly held?: Held
}

export type Watch = ReturnType<typeof createWatch>

/** Looks at every service every two seconds: counts and states alone, nothing of a customer. */
export function createWatch({ everyMs, pause, held, ...asked }: WatchOptions) {
  const ask = createAsk(asked)
  const stuck = createStuck(ask)
  const ending = new AbortController()
  const changes = new EventEmitter<{ stuck: [orderIds: readonly string[]] }>().setMaxListeners(0)
  let pulses: readonly ServicePulse[] = services.map((name) => unknown(name, 'not looked at yet'))
  let running: Promise<unknown> = Promise.resolve()

  const lookedAt = (name: ServicePulse['name']) =>
    lookAt(ask, name).catch((error) => unknown(name, `${name} answers what cannot be understood: ${describeError(error)}`))
  async function look() {
    const looked = await Promise.all(services.map(lookedAt))
    const moved = (await Promise.all([stuck.look(looked), held?.look(looked) ?? []])).flat()
    pulses = looked.map((pulse) => ({ ...pulse, holds: held?.by(pulse.name) ?? 0 }))
    if (moved.length > 0) changes.emit('stuck', moved)
  }
  async function run() {
    while (!ending.signal.aborted) {
      await look()
      await pause(everyMs, ending.signal).catch(() => undefined)
    }
  }
  return {
    changes,
    start(): void {
      running = run()
    },
    async stop(): Promise<void> {
      ending.abort()
      await running
    },
    services: () => pulses,
    /** Undefined while nobody has told. */
    stuck(): ReadonlySet<string> | undefined {
      const [parked, late] = [stuck.orders(), held?.late() ?? []]
      return late.length > 0 ? new Set([...(parked ?? []), ...late]) : parked
    },
  }
}

const unknown = (name: ServicePulse['name'], why: string): ServicePulse => ({
  ...{ name, up: false, ready: false, why },
  ...{ paused: null, outbox: null, letters: null, effects: null },
})
