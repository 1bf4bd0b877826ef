import { dashboard } from './dashboard.ts'
import { figure, lines } from './panels.ts'
import { chosen, everyService, orNone, orZero, quantile, requests } from './promql.ts'
import { processes } from './services-process.ts'
import { effects, handling } from './services-work.ts'

// Probes and scrapes come every few seconds and say nothing about customers.
const asked = `${chosen}, http_route!~"/metrics|/livez|/readyz"`
const failed = `${asked}, http_response_status_code=~"5.."`

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
          queries: [[orZero(`sum(rate(http_server_request_duration_seconds_count{${asked}}[$__rate_interval]))`), 'requests/s']],
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
          queries: [[requests('service, http_route', asked), '{{service}} {{http_route}}']],
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
              orNone(requests('service, http_response_status_code', `${asked}, http_response_status_code=~"[45].."`), 'service'),
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
    handling,
    effects,
    processes,
  ],
})
