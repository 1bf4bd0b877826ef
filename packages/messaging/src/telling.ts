import type { Collector } from './collector.ts'
import type { Consumer } from './consumer.ts'
import type { Change, Measures } from './definition.ts'
import { describeError } from './errors.ts'
import type { Decidable } from './fold.ts'
import type { Instruments, Sample } from './instruments.ts'
import type { EffectCount } from './postgres/effect-counts.ts'
import type { Relay } from './relay.ts'
import type { RuntimeLog } from './runtime.ts'
import type { SetResult } from './set.ts'
import { traceIdOf } from './traceparent.ts'
import type { Vitals } from './vitals.ts'

/** Counts and logs what a committed set came to. */
export function tell({ instruments, log }: { instruments: Instruments; log: RuntimeLog }, result: SetResult, inputs: number) {
  const { folded, duplicates } = result
  if (duplicates > 0) instruments.duplicates(duplicates)
  log.debug({ inputs, events: folded.events.length, duplicates }, 'set committed')
  for (const { step, code, error } of folded.failed) {
    instruments.failed(code)
    const fields = { orderId: step.orderId, input: step.kind, code, error: describeError(error), ...journeyOf(step) }
    log.error(fields, step.kind === 'command' ? 'command failed' : 'dead letter')
  }
}

/** A service counts its business after the commit: what goes wrong there is told, and neither undoes nor repeats anything. */
export function count<State>(measure: ReturnType<Measures<State>>, changes: readonly Change<State>[], log: Pick<RuntimeLog, 'error'>) {
  for (const change of changes) {
    try {
      measure(change)
    } catch (error) {
      log.error({ error: describeError(error) }, 'a change was saved and not counted')
    }
  }
}

/** From a log line to the order's trace, and to everything that belongs to its journey. */
function journeyOf(step: Decidable) {
  const cause = step.kind === 'outcome' || step.kind === 'refusal' ? step.effect.cause : step.cause
  return { correlationId: cause?.correlationId, trace_id: traceIdOf(cause?.traceparent) }
}

interface Observed {
  readonly vitals: Vitals
  readonly relay: Relay
  readonly collector: Collector
  readonly consumer: Consumer
}

/** Gauges of what is under way and of what waits. */
export function observe(instruments: Instruments, { vitals, relay, collector, consumer }: Observed) {
  const { gauge } = instruments
  gauge('outbox_unsent', 'rows waiting for the relay', () => vitals.backlog.unsent)
  gauge('outbox_oldest_age_seconds', 'age of the oldest unsent row', () => vitals.backlog.oldestAgeMs / 1000)
  gauge('outbox_parked', 'rows that Kafka refuses for what they are', () => vitals.backlog.parked)
  gauge('dlq_depth', 'open rows of parked_events', () => vitals.parked.open)
  gauge('dlq_depth_by_code', 'open rows of parked_events, by code', () => depths(vitals, instruments))
  gauge('parked_keys', 'orders whose events wait', () => vitals.parked.keys)
  gauge('relay_lease_held', '1 where this instance is the active relay', () => Number(relay.holdsLease))
  gauge('collector_waiting', 'inputs waiting for a set', () => collector.size)
  gauge('consumer_joined', '1 while this process is a member of its group', () => Number(consumer.joined))
  gauge('consumer_paused', '1 while operators have paused this service, as far as this process knows', () => Number(consumer.paused))
  gauge('consumer_last_progress_seconds', 'since a record was last finished, while any waits', () => consumer.stalledMs / 1000)
  observeEffects(instruments, vitals)
}

function observeEffects({ gauge }: Instruments, vitals: Vitals) {
  const perKind = (name: string, description: string, read: (count: EffectCount) => number) =>
    gauge(name, description, () => vitals.effects.map((count) => ({ value: read(count), labels: { kind: count.kind } })))
  perKind('effects_waiting', 'effects that are due and not done', ({ waiting }) => waiting)
  perKind('effects_oldest_age_seconds', 'how long the oldest of them has been due', ({ oldestAgeMs }) => oldestAgeMs / 1000)
  perKind('effects_refused', 'effects that were refused and wait for an operator', ({ refused }) => refused)
}

/** What comes after the first twenty codes is one series. */
function depths({ parked }: Vitals, { bounded }: Instruments): Sample[] {
  const byCode = new Map<string, number>()
  for (const [code, open] of parked.codes) byCode.set(bounded(code), (byCode.get(bounded(code)) ?? 0) + open)
  return [...byCode].map(([code, value]) => ({ value, labels: { code } }))
}
