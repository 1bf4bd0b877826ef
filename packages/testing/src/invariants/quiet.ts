import type { Admin } from 'kafkajs'
import type { Client } from 'pg'
import { withClient } from '../database.ts'
import { waitFor } from '../wait-for.ts'
import { createReader, serviceNames, subscriptions, type Targets } from './targets.ts'

/** What is still under way. */
export interface Busy {
  /** Records that some group has not read. */
  readonly lag: number
  /** Outbox rows that could be sent. */
  readonly unsent: number
  /** Effects that could be done now, and those whose time has not come. */
  readonly due: number
  readonly scheduled: number
}

export interface QuietOptions {
  readonly deadline?: number
  /** Told at every look. */
  readonly onProgress?: (busy: Busy) => void
}

const QUIET_FOR_MS = 1_000

/** Resolves once lag is 0, nothing is unsent, and no effect is due or scheduled, for 1 s. At the deadline throws what it still waits for. */
export async function waitUntilQuiet(targets: Targets, { deadline = 60_000, onProgress }: QuietOptions = {}): Promise<void> {
  const admin = createReader(targets).admin()
  let last: Look | undefined
  let quietSince = Number.POSITIVE_INFINITY

  async function quietLongEnough() {
    const look = await lookAround(targets, admin)
    onProgress?.(look.busy)
    // Between two looks something may have come and gone: then the topics have grown.
    if (!isQuiet(look.busy) || look.written !== last?.written) quietSince = performance.now()
    last = look
    return performance.now() - quietSince >= QUIET_FOR_MS
  }

  await admin.connect()
  try {
    await waitFor(quietLongEnough, { deadline, every: 100, what: 'a quiet system', diagnose: () => diagnosis(last) })
  } finally {
    await admin.disconnect()
  }
}

/** In words, for people who wait. */
export function describeBusy({ lag, unsent, due, scheduled }: Busy): string {
  const parts = [`${lag} records unread`, `${unsent} unsent`, `${due} effects due`, `${scheduled} scheduled`]
  return parts.filter((part) => !part.startsWith('0 ')).join(', ') || 'nothing'
}

const isQuiet = ({ lag, unsent, due, scheduled }: Busy) => lag + unsent + due + scheduled === 0

interface Look {
  readonly busy: Busy
  /** Records ever written. */
  readonly written: number
  readonly services: Readonly<Record<string, Busy>>
}

const diagnosis = (last: Look | undefined) =>
  last ? JSON.stringify({ ...last.services, written: last.written }, null, 2) : 'it could not look even once'

async function lookAround({ databases }: Targets, admin: Admin): Promise<Look> {
  // Lag first: a record read after this look left something to see in a database.
  const { lags, written } = await lagsOf(admin)
  const counts = await Promise.all(serviceNames.map((service) => withClient(databases[service], countsIn)))
  const services = serviceNames.map((service, place) => [service, { lag: lags.get(service) ?? 0, ...counts[place]! }] as const)
  const total = (of: keyof Busy) => services.reduce((all, [, busy]) => all + busy[of], 0)
  const busy = { lag: total('lag'), unsent: total('unsent'), due: total('due'), scheduled: total('scheduled') }
  return { busy, written, services: Object.fromEntries(services) }
}

// Rows that Kafka refuses, and what waits behind them, will not be sent without help.
const COUNTS = `
  select
    (select count(*)::int from outbox o where published_at is null and not exists (
      select from outbox_parked p where p.outbox_id = o.id or (p.topic = o.topic and p.key = o.key))) as unsent,
    (select count(*)::int from effects where status = 'due' and run_at <= now()) as due,
    (select count(*)::int from effects where status = 'due' and run_at > now()) as scheduled`

const countsIn = async (client: Client) => (await client.query<Omit<Busy, 'lag'>>(COUNTS)).rows[0]!

async function lagsOf(admin: Admin) {
  const topics = [...new Set(Object.values(subscriptions).flat())]
  const ranges = new Map(await Promise.all(topics.map(async (topic) => [topic, await admin.fetchTopicOffsets(topic)] as const)))
  const lags = new Map(await Promise.all(serviceNames.map(async (service) => [service, await lagOf(service)] as const)))
  const written = [...ranges.values()].flat().reduce((all, { high }) => all + Number(high), 0)
  return { lags, written }

  async function lagOf(service: (typeof serviceNames)[number]) {
    const committed = await admin.fetchOffsets({ groupId: service, topics: [...subscriptions[service]] })
    const lags = committed.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => {
        const { low, high } = ranges.get(topic)!.find((range) => range.partition === partition)!
        return Number(high) - Math.max(Number(offset), Number(low)) // below 0: none committed
      }),
    )
    return lags.reduce((all, lag) => all + Math.max(0, lag), 0)
  }
}
