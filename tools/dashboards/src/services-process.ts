import type { Row } from './dashboard.ts'
import { lines } from './panels.ts'
import { chosen } from './promql.ts'

export const processes: Row = {
  title: 'Process',
  height: 8,
  panels: [
    lines({
      title: 'Event loop delay, p99, by service',
      shows:
        'How late timers fire, over the last 10 to 20 s: what every request and heartbeat waits. Idle it is 20 ms, the resolution of the measurement.',
      wrong: 'too much work in one process: start further instances. In the seconds, heartbeats are late and the group rebalances.',
      runbook: 'slow-handling',
      unit: 's',
      width: 8,
      limits: { yellow: 0.1, red: 0.2 },
      queries: [[`max by (service) (nodejs_eventloop_delay_p99_seconds{${chosen}})`, '{{service}}']],
    }),
    lines({
      title: 'Event loop in use, by service',
      shows: 'Share of the last 10 to 20 s that the one thread worked.',
      wrong: 'near 100 % the process is the bottleneck: start further instances.',
      runbook: 'slow-handling',
      unit: 'percentunit',
      width: 8,
      max: 1,
      limits: { yellow: 0.8, red: 0.95 },
      queries: [[`max by (service) (nodejs_eventloop_utilization{${chosen}})`, '{{service}}']],
    }),
    lines({
      title: 'Inputs waiting for a set, by service',
      shows: 'Events, commands and outcomes that the collector has not taken yet.',
      wrong: 'near 2,000 deliveries wait too, and Kafka is the queue: lag shows. The database is slow, or one set is very large.',
      runbook: 'slow-handling',
      limits: { red: 2_000 },
      unit: 'short',
      width: 8,
      queries: [[`sum by (service) (collector_waiting{${chosen}})`, '{{service}}']],
    }),
    lines({
      title: 'Connections in use, by service',
      shows: 'Of the busiest instance; a process has at most 12.',
      wrong: 'at 12 for long: a slow database, see who waits.',
      runbook: 'slow-handling',
      unit: 'short',
      width: 8,
      decimals: 0,
      queries: [[`max by (service) (db_client_connection_count{${chosen}, db_client_connection_state="used"})`, '{{service}}']],
    }),
    lines({
      title: 'Waiting for a connection, by service',
      shows: 'Requests that no connection of the pool was free for.',
      wrong: 'the first sign of a slow database: look for long queries and locks there.',
      runbook: 'slow-handling',
      unit: 'short',
      width: 8,
      decimals: 0,
      queries: [[`sum by (service) (db_client_connection_pending_requests{${chosen}})`, '{{service}}']],
    }),
    lines({
      title: 'Memory, by service',
      shows: 'Resident memory of the largest instance.',
      wrong: 'rising for hours without load: a leak; restart loses nothing.',
      runbook: 'service-down',
      unit: 'bytes',
      width: 8,
      queries: [[`max by (service) (process_memory_usage_bytes{${chosen}})`, '{{service}}']],
    }),
  ],
}
