import { topics } from '@quadrille/contracts'
import { createKafkaJs } from '@quadrille/messaging'
import { serviceNames, type Targets, waitFor, withAdmin } from '@quadrille/testing'

/**
 * Our topics, empty and ready. Services create them too, but 120 partitions take a busy broker seconds, in which five consumers
 * that join again and again keep it busier still.
 */
export async function freshTopics(targets: Targets): Promise<void> {
  await deleteOld(targets)
  const kafka = createKafkaJs({ brokers: targets.brokers, clientId: 'scenario', log: { debug: () => {} } })
  try {
    // A topic made again under its name is not known everywhere at once
    await waitFor(() => kafka.createTopics(topics).then(() => true), { deadline: 90_000, every: 100, what: 'the topics to be made' })
    const readable = () => Promise.all(topics.map(({ name }) => kafka.topicOffsets(name)))
    await waitFor(readable, { deadline: 90_000, every: 100, what: 'every partition to have its leader' })
  } finally {
    await kafka.disconnect()
  }
}

/** Topics and groups have fixed names, so on a broker that is used again those of an earlier run must go. */
const deleteOld = (targets: Targets) =>
  withAdmin(targets, async (admin) => {
    const ours = new Set(topics.map(({ name }) => name))
    const left = async () => (await admin.listTopics()).filter((topic) => ours.has(topic))
    const old = await left()
    if (old.length === 0) return
    await admin.deleteGroups([...serviceNames]).catch(() => undefined) // some may never have been
    await admin.deleteTopics({ topics: old })
    await waitFor(async () => (await left()).length === 0, { deadline: 20_000, what: 'the old topics to go' })
  })
