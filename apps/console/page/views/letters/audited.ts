import type { AuditRow, LetterDetails, ServiceName } from '../../../src/api-types.ts'

export type Shown = LetterDetails & { readonly service: ServiceName }

/** What operators did to this letter, to its code, or to its order. */
export function aboutLetter({ id, code, orderId }: Pick<Shown, 'id' | 'code' | 'orderId'>, audit: readonly AuditRow[]): AuditRow[] {
  return audit.filter(({ action, target, request }) => {
    if (action.includes('dead-letters')) return idOf(target) === id
    const select = selectOf(request)
    return (
      select?.all === true ||
      (select?.code !== undefined && select.code === code) ||
      (select?.orderId !== undefined && select.orderId === orderId)
    )
  })
}

interface Select {
  readonly all?: boolean
  readonly code?: string
  readonly orderId?: string
}

const idOf = (target: unknown) => (target as { readonly id?: string } | null)?.id
const selectOf = (request: unknown) => (request as { readonly select?: Select } | null)?.select
