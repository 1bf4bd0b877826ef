import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { createServiceDatabase, databaseUrl, testDatabase, waitFor, withClient } from '../src/index.ts'

const adminUrl = process.env.TEST_POSTGRES_URL!
const kafka = new Kafka({ brokers: process.env.TEST_KAFKA_BROKERS!.split(','), logLevel: logLevel.NOTHING })

describe('the test stack, when a run has started it', () => {
  it('carries a record from a producer to a consumer', async () => {
    const topic = `infra-${randomUUID()}`
    const [admin, producer, consumer] = [
      kafka.admin(),
      kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner }),
      kafka.consumer({ groupId: topic }),
    ]
    await admin.connect()
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
    await producer.connect()
    await producer.send({ topic, messages: [{ key: 'k', value: 'v' }] })
    const values: string[] = []
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({ eachMessage: async ({ message }) => void values.push(String(message.value)) })
    await waitFor(() => values.length > 0, { what: 'the record' })
    expect(values).toEqual(['v'])
    await Promise.all([admin.disconnect(), producer.disconnect(), consumer.disconnect()])
  })

  it('refuses an unknown topic instead of creating it', async () => {
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, retry: { retries: 2 } })
    await producer.connect()
    await expect(producer.send({ topic: `unknown-${randomUUID()}`, messages: [{ value: 'v' }] })).rejects.toThrow(
      'does not host this topic',
    )
    await producer.disconnect()
  })

  it('lets a role into its own database only', async () => {
    const [one, other] = [`a_${randomUUID().slice(0, 8)}`, `b_${randomUUID().slice(0, 8)}`]
    const url = await createServiceDatabase(adminUrl, one)
    expect(await createServiceDatabase(adminUrl, one)).toBe(url)
    await createServiceDatabase(adminUrl, other)
    await withClient(url, (client) => client.query('create table mine (id int)'))
    const trespass = withClient(databaseUrl(adminUrl, other, { name: one, password: one }), (client) => client.query('select 1'))
    await expect(trespass).rejects.toThrow(`permission denied for database "${other}"`)
  })

  it('migrates a template once and gives every test a database of its own', async () => {
    let migrations = 0
    const migrate = async (url: string) => {
      migrations += 1
      await withClient(url, (client) => client.query('create table things (id int)'))
    }
    const [one, other] = await Promise.all([testDatabase(migrate, 'infra'), testDatabase(migrate, 'infra')])
    await withClient(one.url, (client) => client.query('insert into things values (1)'))
    const seen = await withClient(other.url, (client) => client.query('select from things'))
    expect({ migrations, seen: seen.rowCount }).toEqual({ migrations: 1, seen: 0 })
    await Promise.all([one.drop(), other.drop()])
    await expect(withClient(one.url, (client) => client.query('select 1'))).rejects.toThrow('does not exist')
  })
})
