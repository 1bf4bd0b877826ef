import type { Runtime } from '@quadrille/messaging'
import type { Guard } from '../guard.ts'
import type { App } from '../http.ts'
import { serveAudit } from './audit.ts'
import { serveConsumer } from './consumer.ts'
import { serveDeadLetters } from './dead-letters.ts'
import { serveEffects } from './effects.ts'
import { serveOrderRecords } from './orders.ts'
import { serveOutbox } from './outbox.ts'
import { serveTasks } from './tasks.ts'

/** The operators' API, the same in every service. Everything under `/admin` is for operators, also to look at. */
export function serveOperators(
  app: App,
  runtime: Pick<Runtime, 'redrive' | 'discard' | 'deadLetters' | 'backlog' | 'operators'>,
  ops: Guard,
): void {
  serveDeadLetters(app, runtime, ops)
  serveTasks(app, runtime.operators, ops)
  serveOutbox(app, runtime, ops)
  serveEffects(app, runtime.operators, ops)
  serveConsumer(app, runtime.operators, ops)
  serveOrderRecords(app, runtime.operators, ops)
  serveAudit(app, runtime.operators, ops)
}
