import type { Row } from './dashboard.ts'
import { lines } from './panels.ts'
import { chosen, ofService, orNone, percentileColors, percentiles, perSecond, quantile } from './promql.ts'

export const handling: Row = {
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
        'From the delivery of an event until the transaction with it was committed; it waits for its set, so under load it grows with the size of the sets. More than 10 s shows as 10 s.',
      wrong: 'the database is slow (connections, locks), or the event loop is stalled.',
      runbook: 'slow-handling',
      unit: 's',
      width: 8,
      colors: percentileColors,
      queries: percentiles('messaging_process_duration_seconds', chosen),
    }),
    lines({
      title: 'Emit to handled',
      shows: "From an event's commit at its emitter until it was handled here. More than 10 s shows as 10 s.",
      wrong: 'larger than delivery to commit by far: the time is spent before delivery: outbox or lag.',
      runbook: 'slow-handling',
      unit: 's',
      width: 8,
      colors: percentileColors,
      queries: percentiles('event_handling_latency_seconds', chosen),
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
        'Duplicates that the inbox absorbed, and sets, rounds of the relay and effects tried again because of the environment. Neither loses or doubles anything.',
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
}

export const effects: Row = {
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
}
