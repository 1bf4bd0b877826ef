import type { Command } from '../command.ts'
import { audit } from './audit.ts'
import { consumer, consumerPause, consumerResume } from './consumer.ts'
import { dlqLs, dlqShow } from './dlq.ts'
import { dlqDiscard, dlqRedrive } from './dlq-end.ts'
import { doctor } from './doctor.ts'
import { effects, effectsRetry } from './effects.ts'
import { lag } from './lag.ts'
import { ordersCancel, ordersShow } from './orders.ts'
import { ordersLs } from './orders-ls.ts'
import { outbox, outboxRelease } from './outbox.ts'
import { rebuild, replay } from './replay.ts'
import { tasksCancel, tasksLs, tasksWatch } from './tasks.ts'
import { topics } from './topics.ts'

/** In the order in which an operator needs them. */
export const commands: readonly Command[] = [
  ...[doctor, lag, outbox, outboxRelease, ordersLs, ordersShow, ordersCancel],
  ...[dlqLs, dlqShow, dlqRedrive, dlqDiscard, tasksLs, tasksWatch, tasksCancel],
  ...[effects, effectsRetry, consumer, consumerPause, consumerResume, replay, rebuild, topics, audit],
]
