import type { LagJson, PartitionLag } from '@quadrille/console'
import { topicOf } from '@quadrille/contracts'
import { type Service, services } from '../addresses.ts'
import { Unreachable } from '../client.ts'
import type { KafkaAdmin, Ops } from '../command.ts'
import { readsOf } from '../handlers.ts'
import type { Reading } from './reading.ts'

type Told = LagJson['groups'][number]['topics'][number]['partitions'][number]

/** The console's, which remembers when each record came; Kafka's own where the console does not answer or knows nothing. */
export async function readLag({ ask, addresses, kafka, now }: Pick<Ops, 'ask' | 'addresses' | 'kafka' | 'now'>): Promise<Reading> {
  const told = await ask.open<LagJson>(addresses.console, '/api/lag').catch((error: unknown) => {
    if (error instanceof Unreachable) return undefined
    throw error
  })
  return told?.at ? fromConsole(told) : fromKafka(await kafka(), now())
}

export function fromConsole({ at, stale, failure, groups }: LagJson): Reading {
  const known = (value: number | string) => (typeof value === 'number' ? value : null)
  const partitions = (topic: string, of: readonly Told[]): PartitionLag[] =>
    of.map(({ partition, high, committed, lag, lagSeconds }) => ({
      ...{ topic, partition, high },
      ...{ committed: known(committed), lag: known(lag), lagSeconds: known(lagSeconds) },
    }))
  return {
    at: Date.parse(at!),
    source: 'console',
    ...(stale && { stale: failure ?? 'the console has not heard from Kafka lately' }),
    groups: groups.map(({ group, members, state, topics }) => ({
      ...{ group, members, state },
      partitions: topics.flatMap(({ topic, partitions: of }) => partitions(topic, of)),
    })),
  }
}

/** Kafka alone knows no ages: nobody saw when the records came. */
async function fromKafka(kafka: KafkaAdmin, at: number): Promise<Reading> {
  const groups = await Promise.all(services.map((group) => readGroup(kafka, group)))
  // After the groups: the other way round a commit between the two would seem to be ahead of its topic.
  const topics = [...new Set(groups.flatMap(({ offsets }) => offsets.map(({ topic }) => topic)))]
  const ranges = new Map(await Promise.all(topics.map(async (topic) => [topic, await kafka.topicOffsets(topic)] as const)))
  const lagOf = ({ topic, partition, offset }: Offset): PartitionLag => {
    const { low = '0', high = '0' } = ranges.get(topic)?.find((range) => range.partition === partition) ?? {}
    return { topic, partition, high: Number(high), ...behind(Number(low), Number(high), offset) }
  }
  return { at, source: 'kafka', groups: groups.map(({ offsets, ...group }) => ({ ...group, partitions: offsets.map(lagOf) })) }
}

type Offset = Awaited<ReturnType<KafkaAdmin['groupOffsets']>>[number]

async function readGroup(kafka: KafkaAdmin, group: Service) {
  const [members, offsets] = await Promise.all([kafka.groupMembers(group), kafka.groupOffsets(group, readsOf(group).map(topicOf))])
  return { group, ...members, offsets }
}

function behind(low: number, high: number, offset: string | null) {
  if (offset === null) return { committed: null, lag: null, lagSeconds: null }
  // Retention may have removed what the group had not read.
  const lag = Math.max(0, high - Math.max(Number(offset), low))
  return { committed: Number(offset), lag, lagSeconds: lag === 0 ? 0 : null }
}
