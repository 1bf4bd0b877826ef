import { join } from 'node:path'
import { serviceNames } from '@quadrille/testing'
import type { Benchmark, Reading, Session } from '../benchmark.ts'
import type { Generated } from '../load/generator.ts'
import { createSaturation, readingOf } from '../shop/saturation.ts'
import { openShop } from '../shop/shop.ts'
import { type Recording, recordStatements } from '../statements/recording.ts'
import { runScripts } from '../statements/run-scripts.ts'
import type { World } from '../world.ts'

/** Connections of pgbench that are tried: the quickest is taken. */
const CANDIDATES = [4, 16]
/** Every connection plans each statement anew for its first five times: a short run would measure that. */
const LEAST_MS = 2_000

export const capacity: Benchmark = {
  name: 'capacity',
  goal: 'P6',
  title: 'orders are dispatched as fast as the whole shop can',
  sides: {
    shop: 'five services, payment provider, mails and telemetry; 64 requests at once',
    database: 'pgbench: every statement that the five services send for an order, each step a transaction of its own',
  },
  figures: { rate: 'orders/s', carried: 'orders/s' },
  comparisons: [
    {
      ...{ name: 'the shop ÷ its database alone, until the last mail is sent', of: 'shop', to: 'database', figure: 'carried' },
      ...{ aims: 'up', must: 0.5, stretch: 1 },
    },
    { name: 'the shop until the last order is dispatched ÷ its database alone, mails and all', of: 'shop', to: 'database', aims: 'up' },
  ],
  warmUps: 0,
  minutes: 2.4,
  open,
}

async function open(world: World): Promise<Session> {
  const recording = await recordStatements(world)
  world.say('looking for the best number of connections')
  const clients = await bestClients(world, recording)
  const shop = await openShop(world)
  const saturation = createSaturation(shop, world)
  await saturation.warmUp()
  let load: Generated | undefined
  return {
    conditions: {
      ...shop.conditions,
      idle: "the shop stands idle beside its database's side",
      database: `pgbench -M prepared, ${clients} connections, the quickest of ${CANDIDATES.join(', ')}; ${recording.statements} statements an order, recorded from the services; one service after the other, their times added up`,
    },
    processes: (side) => (side === 'shop' ? shop.pids() : { PostgreSQL: shop.pids().PostgreSQL! }),
    async measure(side, slotMs): Promise<Reading> {
      load = undefined
      if (side === 'database') {
        const rate = await alone(world, recording, { clients, ms: slotMs })
        return { figures: { rate, carried: rate } }
      }
      const played = await saturation.play(slotMs)
      load = played.load
      const { figures, ...rest } = readingOf(played)
      return { ...rest, figures: { ...figures, carried: played.sustained } }
    },
    check: async () => (load ? shop.books.ledger(load) : []),
    close: shop.close,
  }
}

/** The database does all of an order's work once: the times of its services add up. */
async function alone({ dir }: World, { databases, alone }: Recording, { clients, ms }: { clients: number; ms: number }): Promise<number> {
  let msPerOrder = 0
  for (const service of serviceNames) {
    const work = { url: databases[service], scripts: alone[service], file: join(dir, service), clients }
    const { done, elapsedMs } = await runScripts({ ...work, ms: Math.max(LEAST_MS, ms / serviceNames.length) })
    msPerOrder += elapsedMs / done
  }
  return 1_000 / msPerOrder
}

async function bestClients(world: World, recording: Recording): Promise<number> {
  const tried: { clients: number; rate: number }[] = []
  for (const clients of CANDIDATES) tried.push({ clients, rate: await alone(world, recording, { clients, ms: 0 }) })
  return tried.sort((one, other) => other.rate - one.rate)[0]!.clients
}
