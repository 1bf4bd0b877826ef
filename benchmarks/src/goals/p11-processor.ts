import { openParts, type PartCosts } from '../bare/parts.ts'
import type { Benchmark, Session } from '../benchmark.ts'
import type { Generated } from '../load/generator.ts'
import { createSaturation, type Played, play, readingOf } from '../shop/saturation.ts'
import { openShop } from '../shop/shop.ts'
import { recordStatements } from '../statements/recording.ts'
import type { World } from '../world.ts'

/** Orders a second when there is little to do: a share of what the shop can carry, since beyond that a backlog would be measured. */
const CALM = { share: 0.2, most: 20 }
/** At least so long: at its end the shop stands idle for as long as points are held, and that counts, too. */
const CALM_MS = 5_000
/** What an order is made of, besides its statements: records sent and delivered, requests answered, and asked of the payment provider. */
const PRODUCED = 7
const DELIVERED = 14
const ANSWERED = 2
const ASKED = 1
/** All parts together: shorter than ten of the ticks in which processor time is told would be mere noise. */
const PARTS_MS = 4_000

export const processor: Benchmark = {
  name: 'processor',
  goal: 'P11',
  title: 'processor time of all processes for an order',
  sides: {
    shop: 'five services, payment provider, mail sink, Kafka and PostgreSQL; 64 requests at once',
    calm: `the same, at ${100 * CALM.share} % of what it can carry, but at most ${CALM.most} orders a second`,
    bare: `the same statements in the same sets, prepared, and nothing else; ${PRODUCED} records produced and ${DELIVERED} consumed by a bare client, ${ANSWERED} requests answered and ${ASKED} asked`,
  },
  figures: { cpu: 'ms/order', rate: 'orders/s' },
  quick: ['shop', 'bare'],
  comparisons: [
    {
      name: 'processor time for an order ÷ its bare parts',
      of: 'shop',
      to: 'bare',
      figure: 'cpu',
      aims: 'down',
      must: 2,
      stretch: 1.3,
      gate: 45, // `--quick` records no statements, so that there the parts lack their database
    },
    { name: 'at a low rate ÷ at saturation', of: 'calm', to: 'shop', figure: 'cpu', aims: 'down' },
  ],
  slotFactor: 0.6,
  warmUps: 0,
  minutes: 1.8,
  open,
}

async function open(world: World): Promise<Session> {
  const recording = world.quick ? undefined : await recordStatements(world)
  const shop = await openShop(world)
  const parts = await openParts(world, () => shop.pids().PostgreSQL!, recording)
  const saturation = createSaturation(shop, world)
  const calm = Math.min(CALM.most, CALM.share * (await saturation.warmUp()))
  await parts.measure(PARTS_MS) // does not count: a client that has just begun is slow for reasons of its own
  let load: Generated | undefined

  const played = (one: Played) => {
    load = one.load
    return readingOf(one)
  }

  const calmly = async (ms: number) => ({ ...played(await play(shop, { rate: calm, seconds: ms / 1_000 })), notes: { rate: calm } })

  return {
    conditions: {
      ...shop.conditions,
      calm: `${calm.toFixed(0)} orders/s`,
      database: recording
        ? `the server's own time over 4 connections; sets of the services themselves, recorded while ${recording.ordersTogether} orders came at once`
        : 'left out of the bare parts',
      idle: 'bare parts run while the shop stands idle; without mails, which the bare parts lack',
    },
    processes: (side) => (side === 'bare' ? { PostgreSQL: shop.pids().PostgreSQL!, Kafka: world.kafka.pid } : shop.pids()),
    async measure(side, slotMs) {
      load = undefined
      if (side === 'shop') return played(await saturation.play(slotMs))
      if (side === 'calm') return calmly(Math.max(CALM_MS, slotMs))
      const costs = await parts.measure(Math.max(PARTS_MS, slotMs))
      return { figures: { cpu: costOf(costs) }, notes: { ...costs } }
    },
    check: async () => (load ? shop.books.ledger(load) : []),
    async close() {
      await parts.close()
      await shop.close()
    },
  }
}

const costOf = ({ database, produced, consumed, answered, asked }: PartCosts) =>
  database + PRODUCED * produced + DELIVERED * consumed + ANSWERED * answered + ASKED * asked
