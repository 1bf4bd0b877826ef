import { Producer as PlatformaticProducer, ProduceAcks } from '@platformatic/kafka'
import { type OutgoingRecord, type Producer, partitionName, SendError } from '../kafka.ts'
import { type PlatformaticOptions, settingsOf, wired } from './client.ts'
import { asSendError } from './failure.ts'
import { toSent } from './message.ts'

/** How long the broker waits for its replicas; below the client's request timeout, so that its answer arrives. */
const ACKNOWLEDGED_WITHIN_MS = 5_000

/** Not idempotent, so that nothing depends on what a client remembers of a send that failed: duplicates we absorb, losses we could not. */
export async function connectProducer(options: PlatformaticOptions): Promise<Producer> {
  const settings = { ...settingsOf(options), timeout: ACKNOWLEDGED_WITHIN_MS, idempotent: false, repeatOnStaleMetadata: false }
  const producer = wired(new PlatformaticProducer(settings), options)
  try {
    await producer.metadata({ topics: [] })
  } catch (error) {
    await producer.close().catch(() => undefined)
    throw asSendError(error)
  }
  return {
    async send(records) {
      try {
        await assertPartitions(producer, records)
        const { offsets = [] } = await producer.send({ messages: records.map(toSent), acks: ProduceAcks.ALL })
        assertAllSent(records, offsets)
      } catch (error) {
        throw asSendError(error)
      }
    },
    disconnect: () => producer.close(),
  }
}

/** The library would put a record of a partition that is not there into another: it takes the number modulo those it knows of. */
async function assertPartitions(producer: PlatformaticProducer, records: readonly OutgoingRecord[]) {
  const { topics } = await producer.metadata({ topics: [...new Set(records.map(({ topic }) => topic))] })
  const lost = records.find(({ topic, partition }) => topics.get(topic)?.partitions[partition] === undefined)
  if (lost) throw new SendError('environment', `${lost.topic} has no partition ${lost.partition}`)
}

function assertAllSent(records: readonly OutgoingRecord[], answers: readonly { topic: string; partition: number }[]) {
  const answered = new Set(answers.map(partitionName))
  const missing = records.find((record) => !answered.has(partitionName(record)))
  if (missing) throw new SendError('environment', `nobody acknowledged what was sent to ${missing.topic}, partition ${missing.partition}`)
}
