import type { GroupLag, Lag, PartitionLag } from './lag.ts'
import type { LagView } from './reader.ts'

type Labels = Readonly<Record<string, string | number>>
type Sample = readonly [labels: Labels, value: number]

/** Prometheus text under kafka_exporter's names, so that its dashboards and alerts fit. -1 is its word for "no committed offset yet". */
export function metricsText(view: LagView): string {
  return [...own(view), ...(view.lag ? ofKafka(view.lag) : [])].join('')
}

const own = ({ stale, ageMs }: LagView) => [
  gauge('console_lag_stale', 'the broker does not answer: everything about it is as old as the age says', [[{}, stale ? 1 : 0]]),
  gauge('console_lag_age_seconds', 'time since the broker last answered', ageMs === undefined ? [] : [[{}, ageMs / 1000]]),
]

function ofKafka({ groups, topics }: Lag): string[] {
  const perTopic = topics.map(({ topic, partitions }): Sample => [{ topic }, partitions.length])
  const perRange = (read: (range: { low: number; high: number }) => number) =>
    topics.flatMap(({ topic, partitions }) => partitions.map((range): Sample => [{ topic, partition: range.partition }, read(range)]))
  const perPartition = (read: (partition: PartitionLag) => number | null) =>
    groups.flatMap(({ group, partitions }) =>
      partitions.map((one): Sample => [{ consumergroup: group, topic: one.topic, partition: one.partition }, read(one) ?? -1]),
    )
  const perGroup = (read: (group: GroupLag) => number) => groups.map((one): Sample => [{ consumergroup: one.group }, read(one)])
  return [
    gauge('kafka_topic_partitions', 'partitions of a topic', perTopic),
    gauge(
      'kafka_topic_partition_current_offset',
      'offset of the next record to be written',
      perRange(({ high }) => high),
    ),
    gauge(
      'kafka_topic_partition_oldest_offset',
      'offset of the oldest record kept',
      perRange(({ low }) => low),
    ),
    gauge(
      'kafka_consumergroup_members',
      'members of a group; 0: nobody reads',
      perGroup(({ members }) => members),
    ),
    gauge(
      'kafka_consumergroup_current_offset',
      'committed offset; -1: none yet',
      perPartition(({ committed }) => committed),
    ),
    gauge(
      'kafka_consumergroup_lag',
      'records not read yet; -1: no committed offset yet',
      perPartition(({ lag }) => lag),
    ),
    gauge(
      'kafka_consumergroup_lag_seconds',
      'age of the oldest record not read, right to one poll; -1: no committed offset yet',
      perPartition(({ lagSeconds }) => lagSeconds),
    ),
  ]
}

function gauge(name: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}${shown(labels)} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`
}

function shown(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
