import { connect as connectSocket } from 'node:net'
import type { OutgoingRecord } from '@quadrille/messaging'
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs'

/** As whoever knows kafkajs would use it: sockets that do not wait for more to send. */
export async function connectBareKafkaJs(brokers: readonly string[]): Promise<Producer> {
  const socketFactory = ({ host, port, onConnect }: { host: string; port: number; onConnect: () => void }) =>
    connectSocket({ host, port, noDelay: true }, onConnect)
  const kafka = new Kafka({ brokers: [...brokers], clientId: 'bare', logLevel: logLevel.NOTHING, socketFactory })
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false })
  await producer.connect()
  return producer
}

export const toMessage = ({ key, value, headers, partition }: OutgoingRecord) => ({
  key,
  value,
  headers: headers as Record<string, string>,
  partition,
})
