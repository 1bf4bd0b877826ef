import { connect } from 'node:net'
import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { Kafka as KafkaJs, logLevel, Partitioners } from 'kafkajs'
import { KafkaRefusal } from '../src/kafka.ts'
import { createKafkaJs } from '../src/kafkajs/index.ts'
import { kafkaContract } from './kafka-contract.ts'
import { kafkaOutageContract } from './kafka-outage-contract.ts'
import { type AdapterOptions, brokers, closeAll, newProxy, newTopic, readUntil, text } from './kafka-world.ts'

const log = { debug: () => undefined }

jest.setTimeout(40_000)
const create = (options: AdapterOptions) => createKafkaJs({ clientId: 'contract', log, ...options })

kafkaContract('kafkajs', create)
kafkaOutageContract('kafkajs', create)

describe('kafkajs, when an idempotent producer is used again after a lost acknowledgement', () => {
  afterEach(closeAll)

  it('acknowledges a record that is in no log: the reason why ours is not idempotent and never used again', async () => {
    const proxy = await newProxy(brokers)
    const ours = createKafkaJs({ clientId: 'witness', log, brokers })
    const topic = await newTopic(ours)
    const theirs = new KafkaJs({
      brokers,
      retry: { retries: 3, initialRetryTime: 50 }, // it accepts no fewer than one; only endless ones would be safe
      logLevel: logLevel.NOTHING,
      socketFactory: ({ onConnect }) => connect(proxy.address, onConnect),
    })
    const producer = theirs.producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner: Partitioners.DefaultPartitioner })
    await producer.connect()
    const send = (value: string) => producer.send({ topic, messages: [{ partition: 0, value }] })
    await send('a')
    const lost = proxy.loseAnswers().then(() => proxy.become({ refuse: true }))
    await expect(send('b')).rejects.toThrow()
    await lost
    proxy.become({})
    await send('c')
    await send('d')
    await producer.disconnect()
    const kept = await readUntil(ours, [topic], (messages) => messages.some((message) => text(message) === 'd'))
    expect(kept.map(text)).toEqual(['a', 'b', 'd'])
    await ours.disconnect()
  })
})

describe('kafkajs, when a topic is not as it must be', () => {
  it('is refused, since no later attempt would find it otherwise', async () => {
    const ours = createKafkaJs({ clientId: 'refused', log, brokers })
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
