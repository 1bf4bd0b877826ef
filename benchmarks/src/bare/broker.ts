import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePorts, startProcess } from '@quadrille/testing'
import { Kafka, logLevel } from 'kafkajs'
import { kafkaConfig, kafkaJars, quickJvm } from '../../../packages/testing/src/kafka-jars.ts'

const LONGEST_MS = 120_000

/** Starts Kafka and nothing else, and tells after how many milliseconds it had made a topic; the folder was formatted before. */
export async function startBareBroker(dir: string, quickly: boolean): Promise<number> {
  const [state, { classpath, formatted, classes }] = await Promise.all([mkdtemp(join(dir, 'broker-')), kafkaJars()])
  const config = await configured(state, formatted)
  const shared = quickly && existsSync(classes) ? [`-XX:SharedArchiveFile=${classes}`] : []
  const flags = [...(quickly ? [...quickJvm, ...shared] : []), `-Dlog4j2.configurationFile=${kafkaConfig.log4j}`, '-cp', classpath]
  const began = performance.now()
  const broker = startProcess({ name: 'Kafka', command: 'java', args: [...flags, 'kafka.Kafka', config.file] })
  try {
    for (const end = began + LONGEST_MS; performance.now() < end && !broker.exit(); await wait(10)) {
      if (await madeTopic(config.broker)) return performance.now() - began
    }
    throw new Error(`Kafka made no topic:\n${broker.tail()}`)
  } finally {
    await broker.stop(30_000)
    await rm(state, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function configured(state: string, formatted: string) {
  const [port, controller] = await freePorts(2)
  const data = join(state, 'data')
  await cp(formatted, data, { recursive: true })
  const own = [
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    `log.dirs=${data}`,
  ]
  const file = join(state, 'server.properties')
  await writeFile(file, `${await readFile(kafkaConfig.properties, 'utf8')}\n${own.join('\n')}\n`)
  return { file, broker: `127.0.0.1:${port}` }
}

async function madeTopic(broker: string): Promise<boolean> {
  const kafka = new Kafka({ brokers: [broker], clientId: 'bare', logLevel: logLevel.NOTHING, retry: { retries: 0 } })
  const admin = kafka.admin()
  try {
    await admin.connect()
    return await admin.createTopics({ topics: [{ topic: 'first', numPartitions: 12 }], waitForLeaders: true })
  } catch {
    return false
  } finally {
    await admin.disconnect().catch(() => {})
  }
}
