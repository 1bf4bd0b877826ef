import { dashboard } from './dashboard.ts'
import { figure, lines } from './panels.ts'
import { everyService, ofService, orNone, orZero, perSecond, quantile } from './promql.ts'

const chosen = 'service=~"$service"'
// Probes and scrapes come every few seconds and say nothing about customers.
const asked = `${chosen}, http_route!~"/metrics|/livez|/readyz"`
const failed = `${asked}, http_response_status_code=~"5.."`
const three = { p50: 'green', p95: 'yellow', p99: 'red' }
const percentiles = (metric: string) => [0.5, 0.95, 0.99].map((q) => [quantile(q, metric, { where: chosen }), `p${q * 100}`] as const)
const requests = 'sum(rate(http_server_request_duration_seconds_count'

export const services = dashboard({
  uid: 'services',
  title: 'Services',
  description: 'Each service from inside: requests, handling, effects, process.',
  choices: [{ name: 'service', label: 'Service', values: 'label_values(up{job="services"}, service)' }],
  rows: [
    {
      title: 'Now',
      height: 4,
      panels: [
        figure({
          title: 'Instances up',
          shows: 'Instances that answered the last scrape.',
          wrong: '0: the service is down. Its events wait, nothing is lost; start it.',
          runbook: 'service-down',
          unit: 'short',
          width: 12,
          limits: { least: 1 },
          queries: [[`sum by (service) (up{job="services", ${chosen}}) or 0 * ${everyService}`, '{{service}}']],
        }),
        figure({
          title: 'Requests per second',
          shows: 'HTTP requests, without probes and scrapes.',
          wrong: 'nothing while customers buy: what is in front of the services?',
          runbook: 'service-down',
          unit: 'short',
          width: 4,
          decimals: 1,
          queries: [[orZero(`${requests}{${asked}}[$__rate_interval]))`), 'requests/s']],
        }),
        figure({
          title: 'Requests answered 5xx',
          shows: 'Share of the requests of the time shown that a service answered 5xx; 503 under overload is one of them.',
          wrong: '503 of orders: the outbox is full. Else: read the log of the service, by trace id.',
          runbook: 'outbox-stuck',
          unit: 'percentunit',
          width: 4,
          decimals: 2,
          limits: { yellow: 0.001, red: 0.01 },
          queries: [
            [
              `(${orZero(`sum(increase(http_server_request_duration_seconds_count{${failed}}[$__range]))`)}) / (sum(increase(http_server_request_duration_seconds_count{${asked}}[$__range])) > 0) or vector(0)`,
              '5xx',
            ],
          ],
        }),
        figure({
          title: 'Emit to handled, p99',
          shows:
            "From an event's commit at its emitter until it was handled here, for 99 of 100 events: outbox, relay, Kafka and handler together.",
          wrong: 'compare lag, outbox and handler latency: the largest is the cause.',
          runbook: 'slow-handling',
          unit: 's',
          width: 4,
          limits: { yellow: 1, red: 2.5 },
          queries: [[quantile(0.99, 'event_handling_latency_seconds', { where: chosen, window: '$__range' }), 'p99']],
        }),
      ],
    },
    {
      title: 'Requests',
      height: 8,
      panels: [
        lines({
          title: 'Requests per second, by service and route',
          shows: 'HTTP requests by route, never by path.',
          wrong: 'one caller too many: ORDERS_RATE_LIMIT bounds a customer.',
          unit: 'short',
          width: 8,
          queries: [[perSecond('http_server_request_duration_seconds_count', 'service, http_route', asked), '{{service}} {{http_route}}']],
        }),
        lines({
          title: 'Errors per second, by service and status',
          shows: 'Answers 4xx and 5xx.',
          wrong: '4xx: the callers. 5xx: ours; read the log of the service.',
          runbook: 'service-down',
          unit: 'short',
          width: 8,
          queries: [
            [
              orNone(
                perSecond(
                  'http_server_request_duration_seconds_count',
                  'service, http_response_status_code',
                  `${asked}, http_response_status_code=~"[45].."`,
                ),
                'service',
              ),
              '{{service}} {{http_response_status_code}}',
            ],
          ],
        }),
        lines({
          title: 'Duration of requests, p95, by service',
          shows: 'Time of a request, for 95 of 100. POST /orders waits for its commit in the database, never for Kafka.',
          wrong: 'orders slow: its database or too large sets; see connections below.',
          runbook: 'slow-handling',
          unit: 's',
          width: 8,
          queries: [[quantile(0.95, 'http_server_request_duration_seconds', { by: 'service', where: asked }), '{{service}}']],
        }),
      ],
    },
    {
      title: 'Handling of events',
      height: 8,
      panels: [
        lines({
          title: 'Events delivered, per second, by service',
          shows: 'Records taken from Kafka, duplicates among them.',
          wrong: 'zero while events arrive: see Consumer lag.',
          runbook: 'lag',
          unit: 'short',
          width: 8,
          queries: [[perSecond('messaging_client_consumed_messages_total', 'service', chosen), '{{service}}']],
        }),
        lines({
          title: 'Delivery to commit',
          shows:
            'From the delivery of an event until the transaction with it was committed; it waits for its set, so under load it grows with the size of the sets.',
          wrong: 'the database is slow (connections, locks), or the event loop is stalled.',
          runbook: 'slow-handling',
          unit: 's',
          width: 8,
          colors: three,
          queries: percentiles('messaging_process_duration_seconds'),
        }),
        lines({
          title: 'Emit to handled',
          shows: "From an event's commit at its emitter until it was handled here.",
          wrong: 'larger than delivery to commit by far: the time is spent before delivery: outbox or lag.',
          runbook: 'slow-handling',
          unit: 's',
          width: 8,
          colors: three,
          queries: percentiles('event_handling_latency_seconds'),
        }),
        lines({
          title: 'Emit to handled, p95, by event',
          shows: 'The same for each type of event.',
          wrong: 'one type only: its emitter’s relay is late, or its handler waits for locks of shared rows (stock).',
          runbook: 'slow-handling',
          unit: 's',
          width: 8,
          queries: [[quantile(0.95, 'event_handling_latency_seconds', { by: 'type', where: chosen }), '{{type}}']],
        }),
        lines({
          title: 'Inputs that failed, per second',
          shows: 'Given up on, by service and code: each becomes a dead letter.',
          wrong: 'see the codes in the runbook.',
          runbook: 'dead-letters',
          unit: 'short',
          width: 8,
          queries: [[orNone(perSecond('handler_errors_total', 'service, code', chosen), 'service'), '{{service}} {{code}}']],
        }),
        lines({
          title: 'Absorbed and tried again, per second',
          shows:
            'Duplicates that the inbox absorbed, and sets, sends and effects tried again because of the environment. Neither loses or doubles anything.',
          wrong: 'duplicates follow restarts and rebalances. Retries that stay: database, Kafka or provider is away.',
          runbook: 'effects-waiting',
          unit: 'short',
          width: 8,
          queries: [
            [orNone(perSecond('duplicates_absorbed_total', 'service', chosen), 'service'), 'absorbed: {{service}}'],
            [orNone(perSecond('environment_retries_total', 'service, what', chosen), 'service'), 'retried: {{service}} {{what}}'],
          ],
        }),
      ],
    },
    {
      title: 'Effects: what must happen outside, or later',
      height: 8,
      panels: [
        lines({
          title: 'Effects waiting, by kind',
          shows: 'Charges, refunds, mails and timers that are due and not done.',
          wrong: 'one kind grows: its provider is slow or down. They are tried for ever, each at most once in effect.',
          runbook: 'effects-waiting',
          unit: 'short',
          width: 8,
          queries: [[ofService('effects_waiting', chosen, 'service, kind'), '{{service}} {{kind}}']],
        }),
        lines({
          title: 'Oldest effect waiting, by kind',
          shows: 'How long the oldest due effect waits. A timer whose time has not come has no age.',
          wrong: 'above 30 s: look at the provider (PSP, mail) and at the attempts.',
          runbook: 'effects-waiting',
          unit: 's',
          width: 8,
          limits: { yellow: 10, red: 30 },
          queries: [[ofService('effects_oldest_age_seconds', chosen, 'service, kind'), '{{service}} {{kind}}']],
        }),
        lines({
          title: 'Attempts, per second, by kind and result',
          shows: 'Calls to the outside world, and what came of them; "answered" is an answer, also a business no.',
          wrong: 'results that are no answer: read them; a timeout or 5xx comes back after 1 to 30 s.',
          runbook: 'effects-waiting',
          unit: 'short',
          width: 8,
          queries: [[orNone(perSecond('effect_attempts_total', 'kind, result', chosen), 'kind'), '{{kind}} {{result}}']],
        }),
      ],
    },
    {
      title: 'Process',
      height: 8,
      panels: [
        lines({
          title: 'Event loop delay, p99, by service',
          shows:
            'How late timers fire, since the last scrape: what every request and heartbeat waits. Idle it is 20 ms, the resolution of the measurement.',
          wrong: 'too much work in one process: start further instances. In the seconds, heartbeats are late and the group rebalances.',
          runbook: 'slow-handling',
          unit: 's',
          width: 8,
          limits: { yellow: 0.1, red: 0.2 },
          queries: [[`max by (service) (nodejs_eventloop_delay_p99_seconds{${chosen}})`, '{{service}}']],
        }),
        lines({
          title: 'Event loop in use, by service',
          shows: 'Share of its time that the one thread works.',
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
          shows: 'Of at most 12 per process.',
          wrong: 'at 12 for long: a slow database, see who waits.',
          runbook: 'slow-handling',
          unit: 'short',
          width: 8,
          decimals: 0,
          queries: [[`sum by (service) (db_client_connection_count{${chosen}, db_client_connection_state="used"})`, '{{service}}']],
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
    },
  ],
})
