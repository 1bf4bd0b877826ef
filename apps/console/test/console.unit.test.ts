import { describe, expect, it } from '@jest/globals'
import { topics } from '@quadrille/contracts'
import { createConsole } from '../src/app.ts'
import { createLagReader } from '../src/reader.ts'

/** A broker of one partition per topic, which the groups `orders` has read, `payments` never, and all others half. */
function fakeKafka(high = '10') {
  const state = { down: false }
  const guarded = async <T>(answer: T) => {
    if (state.down) throw new Error('broker not available')
    return answer
  }
  const committed: Record<string, string | null> = { orders: '10', payments: null }
  return {
    state,
    topicOffsets: () => guarded([{ partition: 0, low: '0', high }]),
    groupMembers: (group: string) => guarded({ members: group === 'email' ? 0 : 1, state: 'Stable' }),
    groupOffsets: (group: string, names: readonly string[]) =>
      guarded(names.map((topic) => ({ topic, partition: 0, offset: group in committed ? committed[group]! : '5' }))),
  }
}

async function polled(high?: string) {
  const kafka = fakeKafka(high)
  const time = { now: 1_000_000 }
  const changes: (string | undefined)[] = []
  const reader = createLagReader({ kafka, everyMs: 60_000, clock: () => time.now, onChange: (failure) => changes.push(failure) })
  const poll = async () => {
    reader.start()
    await reader.stop()
  }
  await poll()
  return { kafka, time, changes, poll, app: createConsole(reader) }
}

/** What Grafana.com's dashboard 7589, "Kafka Exporter Overview", asks for; its `job` and `instance` come from Prometheus itself. */
const community: Readonly<Record<string, readonly string[]>> = {
  kafka_topic_partition_current_offset: ['topic'],
  kafka_topic_partitions: ['topic'],
  kafka_consumergroup_lag: ['consumergroup', 'topic'],
  kafka_consumergroup_current_offset: ['consumergroup', 'topic'],
}

const text = async (app: ReturnType<typeof createConsole>) => (await app.inject('/metrics')).body

describe('the console', () => {
  it("tells lag under kafka_exporter's names, with -1 for no committed offset yet", async () => {
    const metrics = await text((await polled()).app)
    expect(metrics).toContain('kafka_consumergroup_lag{consumergroup="orders",topic="payments.v1",partition="0"} 0\n')
    expect(metrics).toContain('kafka_consumergroup_lag{consumergroup="email",topic="orders.v1",partition="0"} 5\n')
    expect(metrics).toContain('kafka_consumergroup_lag{consumergroup="payments",topic="orders.v1",partition="0"} -1\n')
    expect(metrics).toContain('kafka_consumergroup_current_offset{consumergroup="payments",topic="orders.v1",partition="0"} -1\n')
    expect(metrics).toContain('kafka_consumergroup_lag_seconds{consumergroup="orders",topic="payments.v1",partition="0"} 0\n')
    expect(metrics).toContain('kafka_consumergroup_members{consumergroup="email"} 0\n')
    expect(metrics).toContain('kafka_topic_partition_current_offset{topic="orders.dlq",partition="0"} 10\n')
    expect(metrics.match(/^kafka_topic_partitions\{.*\} 1$/gm)).toHaveLength(topics.length)
  })

  it.each(Object.entries(community))('gives the community dashboard 7589 %s by %s', async (metric, labels) => {
    const series = (await text((await polled()).app)).split('\n').filter((line) => line.startsWith(`${metric}{`))
    expect(series.length).toBeGreaterThan(0)
    for (const line of series) for (const label of labels) expect(line).toMatch(new RegExp(`[{,]${label}="[^"]+"`))
  })

  it('says in words that a group has no committed offset yet', async () => {
    const { groups } = (await (await polled()).app.inject('/api/lag')).json()
    expect(groups.find(({ group }: { group: string }) => group === 'payments')).toMatchObject({
      lag: 'no committed offset yet',
      topics: [{ topic: 'orders.v1', partitions: [{ committed: 'no committed offset yet' }] }, { topic: 'warehouse.v1' }],
    })
    expect(groups.find(({ group }: { group: string }) => group === 'email')).toMatchObject({ lag: 15, members: 0 })
  })

  it('says in words that nothing has ever come, where a group has read nothing because of that', async () => {
    const { groups } = (await (await polled('0')).app.inject('/api/lag')).json()
    expect(groups.find(({ group }: { group: string }) => group === 'payments')).toMatchObject({
      lag: 'nothing there yet',
      topics: [{ partitions: [{ committed: 'nothing there yet', lagSeconds: 'nothing there yet' }] }, {}],
    })
  })

  it('says who reads a partition, that nobody does, or that it is not known', async () => {
    const reader = createLagReader({
      ...{ kafka: fakeKafka(), everyMs: 60_000 },
      owners: async () => new Map([['payments', new Map([['orders.v1/0', { id: 'payments-1', host: '10.0.0.7' }]])]]),
    })
    reader.start()
    await reader.stop()
    const { groups } = (await createConsole(reader).inject('/api/lag')).json()
    const members = (name: string) =>
      groups
        .find(({ group }: { group: string }) => group === name)
        .topics.map(({ partitions }: { partitions: { member: unknown }[] }) => partitions[0]!.member)
    expect(members('payments')).toEqual([{ id: 'payments-1', host: '10.0.0.7' }, 'nobody reads this partition'])
    expect(members('orders')[0]).toBe('not known')
  })

  it('tells lag also where nobody can tell who reads', async () => {
    const reader = createLagReader({ kafka: fakeKafka(), everyMs: 60_000, owners: () => Promise.reject(new Error('not authorized')) })
    reader.start()
    await reader.stop()
    expect((await createConsole(reader).inject('/api/lag')).json()).toMatchObject({ stale: false, failure: null })
  })

  it('keeps its last reading and calls it stale while the broker is down', async () => {
    const { kafka, time, changes, poll, app } = await polled()
    kafka.state.down = true
    time.now += 5_000
    await poll()
    await poll()
    expect((await app.inject('/api/lag')).json()).toMatchObject({ stale: true, ageSeconds: 5, failure: 'broker not available' })
    expect(await text(app)).toMatch(/console_lag_stale 1\n(.*\n)*kafka_consumergroup_lag\{/)
    expect((await app.inject('/readyz')).statusCode).toBe(200)
    kafka.state.down = false
    await poll()
    expect((await app.inject('/api/lag')).json()).toMatchObject({ stale: false, failure: null })
    expect(changes).toEqual(['broker not available', undefined])
  })

  it('is stale before the first answer', async () => {
    const app = createConsole(createLagReader({ kafka: fakeKafka(), everyMs: 1_000 }))
    expect((await app.inject('/api/lag')).json()).toMatchObject({ at: null, stale: true, groups: [] })
  })
})
