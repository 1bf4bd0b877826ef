import { serviceNames } from '@quadrille/testing'
import type { Benchmark, Session } from '../benchmark.ts'
import type { Generated } from '../load/generator.ts'
import { createSaturation, play, readingOf } from '../shop/saturation.ts'
import { openShop } from '../shop/shop.ts'
import type { World } from '../world.ts'

/** Enough for the groups to have found one another again, and for a new process to know what is hot. */
const WARM_UP = { orders: 600, concurrency: 64 }

export const instances: Benchmark = {
  name: 'instances',
  goal: 'P8',
  title: 'the same cores with twice as many processes',
  sides: {
    one: 'one instance of each service; 64 requests at once, until the last order is dispatched',
    two: 'two instances of each service, all asked of the first',
  },
  figures: { rate: 'orders/s', cpu: 'ms/order' },
  comparisons: [
    { name: 'two instances of each service ÷ one', of: 'two', to: 'one', aims: 'up', must: 0.95 },
    { name: 'processor time for an order, two instances ÷ one', of: 'two', to: 'one', figure: 'cpu', aims: 'down' },
  ],
  warmUps: 0,
  minutes: 1.5,
  open,
}

async function open(world: World): Promise<Session> {
  const shop = await openShop(world)
  const seconds = serviceNames.map((name) => `${name}-2` as const)
  const saturation = createSaturation(shop, world)
  await saturation.warmUp()
  let two = false
  let load: Generated | undefined

  async function become(more: boolean) {
    await Promise.all(seconds.map((name) => (more ? shop.stack.start(name) : shop.stack.stop(name))))
    two = more
    await shop.books.ledger((await play(shop, WARM_UP)).load)
  }

  return {
    conditions: shop.conditions,
    processes: () => shop.pids(),
    async prepare(side) {
      if (two !== (side === 'two')) await become(side === 'two')
    },
    async measure(_side, slotMs) {
      const played = await saturation.play(slotMs)
      load = played.load
      return readingOf(played)
    },
    check: async () => (load ? shop.books.ledger(load) : []),
    close: shop.close,
  }
}
