import type { AuditRow } from '../../../src/api-types.ts'
import { aboutLetter } from './audited.ts'
import type { Letter } from './selection.ts'

type Ended = Pick<Letter, 'id' | 'code' | 'orderId' | 'endedAt' | 'endedReason'>

/** Why it was ended; an effect that was tried again ends its letter when it passes, and then the audit alone has the reason. */
export function reasonOf(letter: Ended, audit: readonly AuditRow[]): string {
  const { endedAt, endedReason } = letter
  const before = ({ at, reason }: AuditRow) => reason !== null && (endedAt === null || Date.parse(at) <= Date.parse(endedAt))
  const given = aboutLetter(letter, audit).filter(before)
  const last = given.reduce<AuditRow | undefined>((newest, row) => (newest && newest.at >= row.at ? newest : row), undefined)
  return endedReason ?? last?.reason ?? 'no reason was given'
}
