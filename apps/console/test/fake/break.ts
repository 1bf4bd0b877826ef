import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { faultsOf } from '../../src/break/catalogue.ts'
import { createKeeper } from '../../src/break/keeper.ts'
import { serveBreak } from '../../src/break/serve.ts'

/** Break it over an invented world, in which a payment provider is down, and a consumer cannot be resumed. */
export function serveFakeBreak(app: FastifyInstance, token: string | null): void {
  const faults = faultsOf(true)
  const keeper = createKeeper({
    pause: (ms, signal) => pause(ms, undefined, { signal, ref: false }),
    log: { info: () => undefined, warn: () => undefined },
    ledger: { keep: async () => undefined, forget: async () => undefined },
    deedOf: ({ fault }) => ({
      does: async () => `${fault.title}: so it is.`,
      undoes: () => (fault.id === 'pause' ? Promise.reject(new Error('email does not answer')) : Promise.resolve()),
    }),
  })
  const begin = (id: string, target: 'email' | null) =>
    keeper.begin({ fault: { ...faults.find((one) => one.id === id)!, seconds: 3_600 }, target, number: null, by: 'ada' })
  app.addHook('onReady', async () => {
    await begin('psp-down', null)
    await begin('pause', 'email')
    await keeper.undo('pause', 'email')
  })
  serveBreak(app, { keeper, faults, token: token ?? 'nobody has it' })
}
