import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard'
import { dashboard } from './dashboard.ts'
import { bars, figure, lines } from './panels.ts'
import { orZero } from './promql.ts'

const group = 'consumergroup=~"$group"'
// -1 is kafka_exporter's word for "no committed offset yet": not a lag, so it is left out of sums.
const behind = `sum by (consumergroup) (kafka_consumergroup_lag{${group}} >= 0)`
const secondsBehind = `max by (consumergroup) (kafka_consumergroup_lag_seconds{${group}} >= 0)`
// What is written to the partitions that a group reads: 1 for each of them, times the partition's rate.
const arriving = `sum by (consumergroup) ((kafka_consumergroup_lag{${group}} >= bool -1) * on (topic, partition) group_left() rate(kafka_topic_partition_current_offset[$__rate_interval]))`
const handled = `sum by (consumergroup) (rate(kafka_consumergroup_current_offset{${group}}[$__rate_interval]))`

// Below 5 s behind a group has caught up, whatever is on its way at the moment of the scrape; a poll of the broker is 2 s old already.
const drain = `(${behind}) * (${secondsBehind} > bool 5) / clamp_min((${handled}) - (${arriving}), 1e-9)`
// Chosen once for the whole picture: chosen anew at every point, there would be a hundred lines.
const worstPartitions = `(kafka_consumergroup_lag{${group}} >= 0) and topk(15, max_over_time(kafka_consumergroup_lag{${group}}[$__range] @ end()))`

const A_DAY = 86_400

const drainWords: ValueMapping[] = [
  { type: MappingType.ValueToText, options: { 0: { text: 'caught up', color: 'green' } } },
  { type: MappingType.RangeToText, options: { from: A_DAY, to: null, result: { text: 'never at this pace', color: 'red' } } },
]
const staleWords: ValueMapping[] = [
  { type: MappingType.ValueToText, options: { 0: { text: 'fresh', color: 'green' }, 1: { text: 'stale', color: 'red' } } },
]

export const consumerLag = dashboard({
  uid: 'consumer-lag',
  title: 'Consumer lag',
  description: 'How far each consumer is behind Kafka, in messages and in seconds; read from Kafka itself, so a dead consumer shows too.',
  choices: [{ name: 'group', label: 'Consumer group', values: 'label_values(kafka_consumergroup_members, consumergroup)' }],
  rows: [
    {
      title: 'Now',
      height: 4,
      panels: [
        figure({
          title: 'Messages behind',
          shows:
            'Newest offset less committed offset, over all partitions of the chosen groups. Partitions without a committed offset are not in it.',
          wrong: 'look which group, below. A few while orders flow are no lag: offsets are committed after the work, off its path.',
          runbook: 'lag',
          unit: 'short',
          width: 4,
          limits: { yellow: 500, red: 5_000 },
          queries: [[orZero(`sum(kafka_consumergroup_lag{${group}} >= 0)`), 'messages']],
        }),
        figure({
          title: 'Seconds behind',
          shows: 'Age of the oldest event that a chosen group has not committed, right to one poll of the broker (2 s).',
          wrong: 'this is what customers wait: above 30 s look which group stands, and why.',
          runbook: 'lag',
          unit: 's',
          width: 4,
          decimals: 0,
          limits: { yellow: 10, red: 30 },
          queries: [[orZero(`max(kafka_consumergroup_lag_seconds{${group}} >= 0)`), 'seconds']],
        }),
        figure({
          title: 'Groups without members',
          shows: 'Groups of which no process is a member.',
          wrong: 'start that service; its events wait in Kafka for 7 days, in order.',
          runbook: 'consumer-without-members',
          unit: 'short',
          width: 4,
          limits: { red: 1 },
          queries: [[orZero(`count(kafka_consumergroup_members{${group}} == 0)`), 'groups']],
        }),
        figure({
          title: 'Partitions never committed',
          shows:
            'Partitions in which a group has no committed offset yet (-1). Normal in a new system: it ends with the first event of the partition.',
          wrong:
            'in an old system the offsets were deleted: the group reads from the beginning, and the inbox absorbs what it had handled.',
          runbook: 'lag',
          unit: 'short',
          width: 4,
          queries: [[orZero(`count(kafka_consumergroup_lag{${group}} == -1)`), 'partitions']],
        }),
        figure({
          title: 'The figures are',
          shows: 'Whether the console could read the broker lately. Stale: everything on this page is as old as the age says.',
          wrong: 'Kafka does not answer the console: orders are still accepted, nothing is handled.',
          runbook: 'lag-unknown',
          unit: 'short',
          width: 4,
          mappings: staleWords,
          queries: [['max(console_lag_stale)', 'figures']],
        }),
        figure({
          title: 'Age of the figures',
          shows: 'Time since the broker last answered the console.',
          wrong: 'above 10 s Kafka is away or overloaded.',
          runbook: 'lag-unknown',
          unit: 's',
          width: 4,
          decimals: 0,
          limits: { yellow: 10, red: 30 },
          queries: [['max(console_lag_age_seconds)', 'age']],
        }),
      ],
    },
    {
      title: 'By consumer group',
      height: 8,
      panels: [
        lines({
          title: 'Messages behind, by group',
          shows: 'Newest offset less committed offset, summed over the partitions of each group.',
          wrong: 'one group up: that service. All up: Kafka, or a burst of orders; compare in and out below.',
          runbook: 'lag',
          unit: 'short',
          width: 12,
          queries: [[behind, '{{consumergroup}}']],
        }),
        lines({
          title: 'Seconds behind, by group',
          shows: 'Age of the oldest event that the group has not committed.',
          wrong:
            'a line that rises one second a second is a group that stands still; one that steps up and falls is a group that works in bursts.',
          runbook: 'lag',
          unit: 's',
          width: 12,
          limits: { yellow: 10, red: 30 },
          queries: [[secondsBehind, '{{consumergroup}}']],
        }),
        lines({
          title: 'Arriving, per second, by group',
          shows: 'What is written to the topics that the group reads.',
          wrong: 'falls to zero: nobody publishes; see Outbox and dead letters.',
          runbook: 'outbox-stuck',
          unit: 'short',
          width: 8,
          queries: [[arriving, '{{consumergroup}}']],
        }),
        lines({
          title: 'Handled, per second, by group',
          shows: 'How fast the committed offsets move.',
          wrong: 'below what arrives: the group falls behind; zero while it is behind: it stands.',
          runbook: 'slow-handling',
          unit: 'short',
          width: 8,
          queries: [[handled, '{{consumergroup}}']],
        }),
        figure({
          title: 'Time to drain',
          shows:
            'Messages behind, divided by handled less arriving: how long until the group has caught up, at the pace of now. Below 5 s behind it has caught up.',
          wrong:
            '"never at this pace": as much arrives as is handled, or nothing is handled. Start further instances (up to 12, one per partition) or wait for the burst to end.',
          runbook: 'lag',
          unit: 's',
          width: 8,
          decimals: 0,
          mappings: drainWords,
          queries: [[drain, '{{consumergroup}}']],
        }),
      ],
    },
    {
      title: 'By partition, and the membership',
      height: 9,
      panels: [
        lines({
          title: 'Messages behind, by partition',
          shows: 'The 15 partitions that were furthest behind in the time shown. A few messages everywhere are the rule.',
          wrong:
            'one partition of one group only: one order blocks nothing else, so look for a slow or restarting instance that has this partition.',
          runbook: 'lag',
          unit: 'short',
          width: 12,
          table: true,
          queries: [[worstPartitions, '{{consumergroup}} {{topic}}/{{partition}}']],
        }),
        bars({
          title: 'Seconds behind, by group and topic',
          shows: 'The oldest unread event of each topic that a group reads, now.',
          wrong: 'one topic only: its emitter has just sent a burst, or its events fail in the environment and are tried again.',
          runbook: 'lag',
          unit: 's',
          width: 12,
          decimals: 0,
          limits: { yellow: 10, red: 30 },
          queries: [[`max by (consumergroup, topic) (kafka_consumergroup_lag_seconds{${group}} >= 0)`, '{{consumergroup}} ← {{topic}}']],
        }),
        lines({
          title: 'Members, by group',
          shows: 'Processes that share the partitions of each group: one per running instance.',
          wrong: '0: nobody reads. Fewer than instances run: one of them could not join, read its log.',
          runbook: 'consumer-without-members',
          unit: 'short',
          width: 8,
          decimals: 0,
          steps: true,
          queries: [[`max by (consumergroup) (kafka_consumergroup_members{${group}})`, '{{consumergroup}}']],
        }),
        lines({
          title: 'Rebalances in 5 minutes, by service',
          shows: 'How often members were given partitions anew. Starts and stops cause it.',
          wrong:
            'without starts and stops: members time out (event loop stalled, Kafka slow); what was in work is delivered again and absorbed.',
          runbook: 'consumer-without-members',
          unit: 'short',
          width: 8,
          decimals: 0,
          steps: true,
          queries: [['sum by (service) (increase(consumer_rebalances_total{service=~"$group"}[5m]))', '{{service}}']],
        }),
        lines({
          title: 'Since the last progress, by service',
          shows: 'How long ago a set with events was committed while something was waiting; 0 when nothing waits.',
          wrong: 'rising: the consumer has events and gets nothing done: its database is away or it is stuck.',
          runbook: 'slow-handling',
          unit: 's',
          width: 8,
          limits: { yellow: 10, red: 30 },
          queries: [['max by (service) (consumer_last_progress_seconds{service=~"$group"})', '{{service}}']],
        }),
      ],
    },
  ],
})
