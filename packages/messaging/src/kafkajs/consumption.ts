import { PARTITIONS } from '@quadrille/contracts'
import type { Consumer, EachBatchPayload, Kafka as KafkaJs } from 'kafkajs'
import type { ConsumeOptions, Consumption, PartitionOffset, TopicPartition } from '../kafka.ts'
import { asRefusal } from './failure.ts'
import { toMessage } from './message.ts'

/** Timings of a membership, in milliseconds. */
export interface Membership {
  /** Without a heartbeat for so long, a member's partitions go to others; until then they stand still. */
  readonly sessionMs: number
  readonly maxWaitMs: number
}

/** Members that do not come back to a rebalance within this are left out of it; ours leave their deliveries at the next heartbeat. */
const REBALANCE_WITHIN_MS = 15_000

/** Joins a group and hands over what it is assigned. Never commits by itself, and never moves past what was not taken. */
export async function consume(client: KafkaJs, membership: Membership, options: ConsumeOptions): Promise<Consumption> {
  const { groupId, topics, from = [], deliver, onAssigned, onCrash } = options
  const consumer = client.consumer({
    groupId,
    sessionTimeout: membership.sessionMs,
    heartbeatInterval: Math.floor(membership.sessionMs * 0.3),
    rebalanceTimeout: REBALANCE_WITHIN_MS,
    maxWaitTimeInMs: membership.maxWaitMs,
    allowAutoTopicCreation: false,
  })
  const state = { joined: false, paused: false, stopped: false, assignments: 0 }

  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    if (state.stopped) return void consumer.disconnect() // it was on its way into the group when it was told to stop
    state.joined = true
    state.assignments += 1
    if (state.assignments === 1) beginAt(consumer, from)
    onAssigned(partitionsOf(memberAssignment))
    if (state.paused) pause()
  })
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    state.joined = false
    onCrash(asRefusal(error) as Error, restart)
  })

  const pause = () => whileConsuming(() => consumer.pause(topics.map((topic) => ({ topic }))))
  const resume = () => whileConsuming(() => consumer.resume(topics.map((topic) => ({ topic }))))

  async function eachBatch({ batch, heartbeat, isRunning, isStale, resolveOffset }: EachBatchPayload) {
    const { topic, partition } = batch
    const assignment = state.assignments
    const moved = () => assignment !== state.assignments || isStale()
    const stale = () => state.paused || state.stopped || !isRunning() || moved()
    if (stale()) return
    const messages = batch.messages.map((message) => toMessage(batch, message))
    const taken = await asBug(deliver({ topic, partition, messages, heartbeat, stale }))
    if (taken && !moved()) resolveOffset(batch.lastOffset())
  }

  await start(consumer, topics, eachBatch)
  return {
    commit: (offsets) => consumer.commitOffsets([...offsets]),
    pause() {
      state.paused = true
      pause()
    },
    resume() {
      state.paused = false
      resume()
    },
    async stop() {
      state.stopped = true
      state.joined = false
      await consumer.disconnect()
    },
    get joined() {
      return state.joined
    },
  }
}

const partitionsOf = (assignment: Record<string, number[]>): TopicPartition[] =>
  Object.entries(assignment).flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })))

async function start(consumer: Consumer, topics: readonly string[], eachBatch: (payload: EachBatchPayload) => Promise<void>) {
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [...topics], fromBeginning: true })
  } catch (error) {
    await consumer.disconnect()
    throw asRefusal(error)
  }
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    // A delivery that waits for room keeps no other partition waiting.
    partitionsConsumedConcurrently: topics.length * PARTITIONS,
    eachBatch,
  })
}

/** Committed as well, or the next assignment would begin elsewhere. */
function beginAt(consumer: Consumer, offsets: readonly PartitionOffset[]) {
  for (const at of offsets) consumer.seek(at)
  if (offsets.length > 0) consumer.commitOffsets([...offsets]).catch(() => undefined) // whoever reads commits often
}

/** Between two memberships there is nothing to pause; the next assignment looks at the flag again. */
function whileConsuming(act: () => void) {
  try {
    act()
  } catch {}
}

/** By the error's class kafkajs would try again for ever, or not: a delivery that throws ends the consumption at once. */
async function asBug<T>(delivered: Promise<T>): Promise<T> {
  try {
    return await delivered
  } catch (cause) {
    throw Object.assign(new Error(`a delivery threw: ${String(cause)}`, { cause }), { retriable: false })
  }
}
