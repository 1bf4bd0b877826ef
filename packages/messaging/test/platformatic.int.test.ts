import { describe, expect, it, jest } from '@jest/globals'
import { partitionFor } from '@quadrille/contracts'
import { waitFor } from '@quadrille/testing'
import { KafkaRefusal } from '../src/kafka.ts'
import { createKafkaJs } from '../src/kafkajs/index.ts'
import { createPlatformatic } from '../src/platformatic/index.ts'
import { kafkaContract } from './kafka-contract.ts'
import { kafkaOutageContract } from './kafka-outage-contract.ts'
import { type AdapterOptions, brokers, closeAll, kindOf, member, newTopic, record, sendAll, text } from './kafka-world.ts'

const log = { debug: () => undefined }

jest.setTimeout(40_000)
const create = (options: AdapterOptions) => createPlatformatic({ clientId: 'contract', log, ...options })

kafkaContract('platformatic', create)
kafkaOutageContract('platformatic', create)

describe('platformatic, when a partition is not there', () => {
  it('sends nothing, rather than elsewhere', async () => {
    const ours = create({ brokers })
    const topic = await newTopic(ours, 2)
    const producer = await ours.connectProducer()
    expect(await kindOf(producer.send([record(topic, 'lost', { partition: 2 })]))).toBe('environment')
    await producer.disconnect()
    expect((await ours.topicOffsets(topic)).map(({ high }) => high)).toEqual(['0', '0'])
    await ours.disconnect()
  })
})

describe('platformatic, when a topic is not as it must be', () => {
  it('is refused, since no later attempt would find it otherwise', async () => {
    const ours = create({ brokers })
    const name = await newTopic(ours, 2)
    const refusal = (retentionMs: number, partitions: number, of = name) =>
      ours.createTopics([{ name: of, partitions, retentionMs }]).then(
        () => 'made',
        (error) => (error instanceof KafkaRefusal ? error.message : error),
      )
    expect(await refusal(1_000, 3)).toBe(`topic ${name} has 2 partitions and should have 3: delete it, it is made anew`)
    expect(await refusal(-5, 2, `${name}-new`)).toMatch(`topic ${name}-new: `)
    await ours.disconnect()
  })
})

describe('platformatic, when a service moves from one driver to the other', () => {
  it('shares a group with members of kafkajs, and goes on where they had committed', async () => {
    const ours = create({ brokers })
    const theirs = createKafkaJs({ clientId: 'contract', log, brokers })
    const topic = await newTopic(ours, 4)
    const keys = Array.from({ length: 20 }, (_, number) => `key-${number}`)
    await sendAll(
      ours,
      keys.map((key) => record(topic, key, { key, partition: partitionFor(key, 4) })),
    )
    const first = await member(theirs, [topic])
    await waitFor(() => first.messages.length === keys.length, { what: 'all of them' })
    const committed = (await ours.topicOffsets(topic)).map(({ partition, high }) => ({ topic, partition, offset: high }))
    await first.consumption.commit(committed)
    const second = await member(ours, [topic], { groupId: first.groupId })
    await waitFor(() => first.seen.partitions.length === 2 && second.seen.partitions.length === 2, { what: 'two partitions each' })
    await first.consumption.stop()
    await waitFor(() => second.seen.partitions.length === 4, { deadline: 15_000, what: 'all partitions to move' })
    await sendAll(theirs, [record(topic, 'after')])
    await waitFor(() => second.messages.length > 0, { what: 'the record' })
    expect(second.messages.map(text)).toEqual(['after'])
    await closeAll()
    await Promise.all([ours.disconnect(), theirs.disconnect()])
  })
})
