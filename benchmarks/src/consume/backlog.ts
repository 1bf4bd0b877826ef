import { randomBytes } from 'node:crypto'
import { Admin } from '@platformatic/kafka'
import { topics as allTopics, OrderPlaced, PARTITIONS, partitionFor } from '@quadrille/contracts'
import { createKafkaJs, type OutgoingRecord, type PartitionOffset } from '@quadrille/messaging'
import { waitFor, withClient } from '@quadrille/testing'
import { batchesOf, makeRows, type Row, recordOf } from '../records.ts'
import type { Topics } from '../topic.ts'
import type { World } from '../world.ts'
import { GROUP } from './tally.ts'

/** What waits: new events, events that were all taken before, or one poison record in a hundred. */
export type Kind = 'clean' | 'replay' | 'poison'

export type Backlog = Awaited<ReturnType<typeof createBacklog>>

const PER_ORDER = 2
const GROUPS = [GROUP, 'seed']
const TOPIC = OrderPlaced.topic

/** What the records are like, if not untraced ones in orders' topic, and the same again in every slot. */
export interface BacklogOptions {
  /** The share of the traces that are recorded. */
  readonly sampled?: number
  readonly most?: number
  /** Never seen before, for tables that are not emptied. */
  readonly fresh?: boolean
  readonly topic?: string
  readonly partitions?: number
}

/** The records that wait in the topic when a slot begins. */
export async function createBacklog(world: World, topics: Topics, options: BacklogOptions = {}) {
  const { sampled = 0, most = world.quick ? 15_000 : 60_000, topic = TOPIC, partitions = PARTITIONS } = options
  const make = (count: number) => [...makeRows({ count, perOrder: PER_ORDER, sampled, data: ({ sequence }) => ({ total: sequence }) })]
  const put = (row: Row): OutgoingRecord => ({ ...recordOf(row), topic, partition: partitionFor(row.key, partitions) })
  if (!options.fresh) world.say(`making ${most} events`)
  const rows = options.fresh ? [] : make(most)
  const poison = [...makeRows({ count: most / 100, sampled: false })].map((row) => ({ ...recordOf(row), value: randomBytes(400) }))
  const kafka = createKafkaJs({ brokers: world.brokers, clientId: 'backlog', log: { debug: () => {} } })
  const producer = await kafka.connectProducer()
  const rates = new Map<string, number>()

  /** As many as will be done in about the time of a slot; whole orders. */
  function countFor(side: string, slotMs: number): number {
    const wanted = Math.round(((rates.get(side) ?? most / 20) * slotMs) / 1_000)
    return Math.max(500, Math.min(most, wanted - (wanted % 500)))
  }

  async function produce(records: readonly OutgoingRecord[]) {
    for (const batch of batchesOf(records, 500)) await producer.send(batch)
  }

  return {
    conditions: {
      eventsOfAnOrder: PER_ORDER,
      payload: 'OrderPlaced: 326 bytes of JSON, 378 bytes in 11 headers',
      letters: allTopics.some(({ name }) => name === `${GROUP}.dlq`),
    },
    learn: (side: string, rate: number) => void rates.set(side, rate),
    /** Puts them there, and the groups in front of them; gives how many there are. */
    async fill(side: string, kind: Kind, url: string, slotMs: number): Promise<number> {
      const count = countFor(side, slotMs)
      const chosen = options.fresh ? make(count) : ofWholeOrders(rows, count)
      await begin(world.brokers, await topics.ends(topic))
      if (kind === 'replay') await claimAll(url, chosen)
      const bad = kind === 'poison' ? poison.slice(0, count / 100) : []
      await produce(mixed(chosen.map(put), bad))
      return count + bad.length
    },
    /** What the tables must hold when all of these are handled. */
    promised(kind: Kind, records: number): Record<string, number> {
      const bad = kind === 'poison' ? Math.round(records / 101) : 0
      const good = records - bad
      if (kind === 'replay') return { claimed: good, effects: 0, heard: 0, parked: 0, letters: 0 }
      return { claimed: records, effects: good, heard: good, disordered: 0, parked: bad, letters: bad, unsent: 0 }
    },
    async close() {
      await producer.disconnect()
      await kafka.disconnect()
    },
  }
}

/** The first events of so many orders, then their second ones: rows are made in that order, over all orders. */
function ofWholeOrders(rows: readonly Row[], count: number): Row[] {
  const orders = rows.length / PER_ORDER
  return Array.from({ length: PER_ORDER }, (_, nth) => rows.slice(nth * orders, nth * orders + count / PER_ORDER)).flat()
}

/** A bad one behind every hundred good ones. */
const mixed = (good: readonly OutgoingRecord[], bad: readonly OutgoingRecord[]) =>
  good.flatMap((record, index) =>
    (index + 1) % 100 === 0 && bad[(index + 1) / 100 - 1] ? [record, bad[(index + 1) / 100 - 1]!] : [record],
  )

/** kafkajs sets offsets by joining the group, and waits five seconds for the records that it does not want. */
async function begin(brokers: string[], from: readonly PartitionOffset[]) {
  const admin = new Admin({ clientId: 'backlog', bootstrapBrokers: brokers })
  const partitionOffsets = from.map(({ partition, offset }) => ({ partition, offset: BigInt(offset) }))
  const topics = [{ name: from[0]!.topic, partitionOffsets }]
  try {
    for (const groupId of GROUPS) {
      const moved = () => admin.alterConsumerGroupOffsets({ groupId, topics }).then(() => true)
      await waitFor(moved, { deadline: 30_000, what: `the group ${groupId} to be without members` })
    }
  } finally {
    await admin.close()
  }
}

const claimAll = (url: string, rows: readonly Row[]) =>
  withClient(url, async (client) => {
    await client.query(
      `insert into processed_events (consumer, event_id, topic, partition, "offset", key)
       select $1, id, $2, 0, 0, key from unnest($3::text[], $4::text[]) as e (id, key)`,
      [GROUP, TOPIC, rows.map(({ id }) => id), rows.map(({ key }) => key)],
    )
    await client.query('analyze processed_events')
  })
