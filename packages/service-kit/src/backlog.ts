import type { Backlog } from '@quadrille/messaging'
import type { CommonConfig } from './config.ts'

/** How full the outbox is, by rows or by age, whichever is nearer to its limit: above 1 nothing more is taken in. */
export const fullness = (
  { unsent, oldestAgeMs }: Backlog,
  { OUTBOX_LIMIT, OUTBOX_LIMIT_AGE_MS }: Pick<CommonConfig, 'OUTBOX_LIMIT' | 'OUTBOX_LIMIT_AGE_MS'>,
): number => Math.max(unsent / OUTBOX_LIMIT, oldestAgeMs / OUTBOX_LIMIT_AGE_MS)

/** What was promised must be passed on first. */
export const takesMore = (backlog: Backlog, config: Parameters<typeof fullness>[1]): boolean => fullness(backlog, config) <= 1
