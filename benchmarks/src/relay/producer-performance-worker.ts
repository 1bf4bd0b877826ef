import { statSync } from 'node:fs'
import { startProcess } from '@quadrille/testing'
import { kafkaConfig } from '../../../packages/testing/src/kafka-jars.ts'
import { serve } from '../worker.ts'
import type { Drained, FullOutbox } from './relay-worker.ts'

const { BENCH_CLASSES: classes = '', BENCH_PAYLOADS: payloads = '' } = process.env
/** As many events in a batch as the relay sends at once. */
const BATCH = 500
/** Records that do not count: a virtual machine that has just started is compiling. */
const WARM_UP_MS = 2_000
const LONGEST_MS = 60_000

let brokers = ''
/** As it was the last time. */
let perSecond = 50_000

/** It is told how many to send, not how long. */
async function perform(slotMs: number): Promise<Drained> {
  const [warmUp, counted] = [WARM_UP_MS, slotMs].map((ms) => Math.round((perSecond * ms) / 1_000)) as [number, number]
  const begun = performance.now()
  const java = startProcess({ name: 'ProducerPerformance', command: 'java', args: [...jvm, ...tool(warmUp, warmUp + counted)] })
  const timer = setTimeout(() => java.kill(), LONGEST_MS)
  const { code } = await java.exited.finally(() => clearTimeout(timer))
  const [, done, rate] = /(\d+) steady state records sent, ([\d.]+) records\/sec/.exec(java.tail())?.map(Number) ?? []
  if (code !== 0 || !done || !rate) throw new Error(`ProducerPerformance said:\n${java.tail()}`)
  perSecond = rate
  return { done: warmUp + counted, elapsedMs: performance.now() - begun, rate }
}

// The memory that Kafka's own script gives it
const jvm = ['-Xmx512M', `-Dlog4j2.configurationFile=${kafkaConfig.log4j}`, '-cp', classes, 'org.apache.kafka.tools.ProducerPerformance']

function tool(warmUp: number, records: number): string[] {
  const counts = ['--num-records', String(records), '--warmup-records', String(warmUp), '--throughput', '-1']
  const properties = ['acks=all', `batch.size=${batchBytes()}`, 'client.id=performance']
  return ['--bootstrap-server', brokers, '--topic', 'orders.v1', ...counts, '--payload-file', payloads, '--command-property', ...properties]
}

const batchBytes = () => Math.round((BATCH * statSync(payloads).size) / 10_000)

serve({
  prepare(outbox: FullOutbox) {
    brokers = outbox.brokers.join(',')
  },
  drain: perform,
  end: () => {},
})
