import { serviceNames } from '@quadrille/testing'
import type { Benchmark, Session } from '../benchmark.ts'
import type { Generated } from '../load/generator.ts'
import { createSaturation, readingOf } from '../shop/saturation.ts'
import { openShop, silent, telling } from '../shop/shop.ts'
import type { World } from '../world.ts'

export const telemetry: Benchmark = {
  name: 'telemetry',
  goal: 'P9',
  title: 'what telemetry costs the whole shop',
  sides: {
    told: 'logs at info, metrics, every span recorded and sent',
    silent: 'no log, no span recorded; metrics are counted, since they cannot be switched off',
  },
  figures: { rate: 'orders/s', cpu: 'ms/order' },
  comparisons: [
    { name: 'orders a second with telemetry ÷ without', of: 'told', to: 'silent', aims: 'up', must: 0.8, stretch: 0.9 },
    { name: 'processor time for an order with telemetry ÷ without', of: 'told', to: 'silent', figure: 'cpu', aims: 'down' },
    {
      name: 'orders a second with telemetry ÷ without',
      of: 'told',
      to: 'silent',
      aims: 'up',
      lesson: 'log, record every span and send it',
    },
  ],
  mostPairs: 2,
  open,
}

async function open(world: World): Promise<Session> {
  const shop = await openShop(world)
  const saturations = { told: createSaturation(shop, world), silent: createSaturation(shop, world) }
  const environments = { told: telling(shop.collector), silent }
  let now = 'told'
  let load: Generated | undefined

  /** A process that has just begun is slow for reasons of its own: it is warmed up before the clock runs. */
  async function become(side: keyof typeof environments) {
    await Promise.all(serviceNames.map((name) => shop.stack.stop(name)))
    await Promise.all(serviceNames.map((name) => shop.stack.start(name, environments[side])))
    await saturations[side].warmUp()
    now = side
  }

  return {
    conditions: { ...shop.conditions, between: 'the services are started again, and warmed up with 4,000 orders' },
    processes: () => shop.pids(),
    async prepare(side) {
      if (side !== now) await become(side as keyof typeof environments)
    },
    async measure(side, slotMs) {
      const played = await saturations[side as keyof typeof saturations].play(slotMs)
      load = played.load
      return readingOf(played)
    },
    check: async () => (load ? shop.books.ledger(load) : []),
    close: shop.close,
  }
}
