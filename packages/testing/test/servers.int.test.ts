import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { createProxy, freePort, freePorts, startKafka, startKafkaCluster, startPostgres, waitFor, withClient } from '../src/index.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quadrille-'))
})
afterAll(() => rm(dir, { recursive: true }))

const kafkaAt = (brokers: string[]) => new Kafka({ brokers, logLevel: logLevel.NOTHING })

async function produce(brokers: string[], topic: string, value: string) {
  const producer = kafkaAt(brokers).producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  await producer.send({ topic, messages: [{ key: 'k', value }] })
  await producer.disconnect()
}

async function createTopic(brokers: string[], topic: string) {
  const admin = kafkaAt(brokers).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic }], waitForLeaders: true })
  await admin.disconnect()
}

async function consume(brokers: string[], topic: string, count: number): Promise<string[]> {
  const consumer = kafkaAt(brokers).consumer({ groupId: `group-${Math.random()}` })
  const values: string[] = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({ eachMessage: async ({ message }) => void values.push(String(message.value)) })
  await waitFor(() => values.length >= count, { what: `${count} records`, diagnose: () => values })
  await consumer.disconnect()
  return values
}

describe('a server, when it starts again on the same folder', () => {
  it('Kafka still has what was sent before a stop and before a kill', async () => {
    const options = { port: await freePort(), dataDir: join(dir, 'kafka') }
    const first = await startKafka(options)
    const admin = kafkaAt(first.brokers).admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 1 }] })
    await admin.disconnect()
    await produce(first.brokers, 'kept', 'before the stop')
    await first.stop()

    const second = await startKafka(options)
    await produce(second.brokers, 'kept', 'before the kill')
    second.kill('SIGKILL')
    await second.process.exited

    const third = await startKafka(options)
    expect(await consume(third.brokers, 'kept', 2)).toEqual(['before the stop', 'before the kill'])
    await third.stop()
  }, 180_000) // three starts of a broker: 20 s where a neighbour works as well

  it('PostgreSQL still has what was committed before a stop and before a kill', async () => {
    const options = { port: await freePort(), dataDir: join(dir, 'postgres') }
    const first = await startPostgres(options)
    await withClient(first.url, (client) => client.query(`create table kept as select 'before the stop' as what`))
    await first.stop()

    const second = await startPostgres(options)
    await withClient(second.url, (client) => client.query(`insert into kept values ('before the kill')`))
    second.kill('SIGKILL')
    await second.process.exited

    const third = await startPostgres(options)
    const { rows } = await withClient(third.url, (client) => client.query('select what from kept'))
    expect(rows.map((row) => row.what)).toEqual(['before the stop', 'before the kill'])
    await third.stop()
  }, 30_000)

  it('PostgreSQL is not misled by a pid file whose number belongs to another process by now', async () => {
    const [port, other] = (await freePorts(2)) as [number, number]
    const options = { port, dataDir: join(dir, 'stale') }
    await (await startPostgres(options)).stop()
    const stranger = await startPostgres({ port: other, dataDir: join(dir, 'stranger') })
    await writeFile(join(options.dataDir, 'postmaster.pid'), `${stranger.process.pid}\n${options.dataDir}\n`)
    await (await startPostgres(options)).stop()
    await stranger.stop()
  }, 30_000)

  it('PostgreSQL refuses a folder on which another one runs', async () => {
    const [port, other] = (await freePorts(2)) as [number, number]
    const running = await startPostgres({ port, dataDir: join(dir, 'busy') })
    await expect(startPostgres({ port: other, dataDir: join(dir, 'busy') })).rejects.toThrow(`(pid ${running.process.pid}) already runs`)
    await running.stop()
  })
})

describe('Kafka, when clients come through a proxy', () => {
  it('sends those that come in by a door of their own back to the proxy, and nobody else', async () => {
    const [port, behind] = (await freePorts(2)) as [number, number]
    const proxy = await createProxy({ host: '127.0.0.1', port: behind })
    const kafka = await startKafka({ port, dataDir: join(dir, 'doors'), doors: [{ port: behind, advertised: proxy.address.port }] })
    const through = [`127.0.0.1:${proxy.address.port}`]
    await createTopic(through, 'doors')
    await produce(through, 'doors', 'through the door')
    expect(await consume(kafka.brokers, 'doors', 1)).toEqual(['through the door'])
    expect(proxy.bites.connections).toBeGreaterThan(1)
    proxy.become({ refuse: true })
    await produce(kafka.brokers, 'doors', 'past the proxy')
    await proxy.close()
    await kafka.stop()
  })
})

describe('three brokers, when the leader of a partition is killed', () => {
  it('lose nothing that was acknowledged, and go on', async () => {
    const cluster = await startKafkaCluster({ dataDir: join(dir, 'cluster') })
    await createTopic(cluster.brokers, 'kept')
    await produce(cluster.brokers, 'kept', 'before')
    const leader = await cluster.leaderOf('kept', 0)
    cluster.nodes[leader]!.kill('SIGKILL')
    await cluster.nodes[leader]!.process.exited
    await waitFor(async () => (await cluster.leaderOf('kept', 0)) !== leader, { deadline: 20_000, what: 'another leader' })
    await produce(cluster.brokers, 'kept', 'after')
    expect(await consume(cluster.brokers, 'kept', 2)).toEqual(['before', 'after'])
    await cluster.restart(leader)
    await cluster.stop()
  }, 120_000)
})

describe('a server, when it cannot start', () => {
  it('names the port that is taken', async () => {
    const port = await freePort()
    const squatter = createServer().listen(port, '127.0.0.1')
    await expect(startPostgres({ port, dataDir: join(dir, 'none') })).rejects.toThrow(`port ${port} is taken, PostgreSQL cannot listen`)
    await expect(startKafka({ port, dataDir: join(dir, 'none') })).rejects.toThrow(`port ${port} is taken, Kafka cannot listen`)
    squatter.close()
  })

  it('says in one line that Java is missing, and what to do', async () => {
    const path = process.env.PATH
    process.env.PATH = join(dir, 'empty')
    try {
      const start = startKafka({ port: await freePort(), dataDir: join(dir, 'none') })
      await expect(start).rejects.toThrow('java was not found: install Java 17 or newer and Maven, or use docker compose up')
    } finally {
      process.env.PATH = path
    }
  })

  it('gives the last output of a broker that ends while it starts', async () => {
    const dataDir = join(dir, 'broken')
    await mkdir(dataDir)
    await writeFile(join(dataDir, 'meta.properties'), 'version=1\nnode.id=7\ncluster.id=x\n')
    await expect(startKafka({ port: await freePort(), dataDir })).rejects.toThrow(/Kafka ended while it started:\n(.|\n)*7/)
  }, 30_000)
})
