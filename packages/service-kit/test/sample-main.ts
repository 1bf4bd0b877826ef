import { type Definition, ignore } from '@quadrille/messaging'
import { z } from 'zod'
import { commonConfig, configOfProcess, runService } from '../src/index.ts'

/** A service that reads orders and decides nothing; what a real `main.ts` looks like. */
const sample: Definition = {
  ...{ name: 'sample', initial: () => ({}), emits: [], consumes: { orders: { OrderPlaced: ignore, OrderCancelled: ignore } } },
  store: { load: async () => new Map(), save: async () => {} },
}

const config = configOfProcess(z.object(commonConfig({ service: 'sample', port: 0 })))
await runService({ service: sample, config, migrations: new URL('./migrations', import.meta.url) })
