// What the operators' API answers, as far as it is read here. Mostly that is what the runtime knows; only types are imported, so
// that a field that is renamed there does not compile here, and a command loads nothing of it.
import type * as runtime from '@quadrille/messaging'
import type { LetterDetails, LetterView, Plain } from '@quadrille/service-kit'

export type Letter = LetterView
export type { LetterDetails }
export type CodeSummary = Plain<runtime.CodeSummary>
export type DryRun = Plain<Pick<runtime.Planned, 'would' | 'orders' | 'sample'>>
export type Task = Omit<Plain<runtime.Task>, 'plan' | 'position'>
export type ParkedRow = Plain<runtime.ParkedOutboxRow>
export type Effect = Plain<runtime.EffectState>
export type Consumer = Plain<runtime.ConsumerState>
export type Resumed = Consumer & { readonly ended: Consumer['paused'] }
export type AuditRow = Plain<runtime.AuditRow>
export type OrderRecord = Plain<Awaited<ReturnType<runtime.Operators['order']>>>

export interface Outbox extends Plain<runtime.OutboxState> {
  readonly unsent: number
  readonly oldestAgeSeconds: number
}

export interface OrderView {
  readonly orderId: string
  readonly status: string
  readonly total: number
  readonly currency: string
  readonly placedAt: string
}

export interface OrderList {
  readonly orders: readonly {
    readonly orderId: string
    readonly status: string
    readonly placedAt: string
    readonly total: { readonly amount: number; readonly currency: string }
  }[]
  /** Of all orders, by status; not beside `short`. */
  readonly counts: Readonly<Record<string, number>>
}

export interface Mail {
  readonly fact: string
  readonly subject: string
  readonly status: 'waiting' | 'due' | 'sent'
  readonly sentAt: string | null
}

export interface Readiness {
  readonly status?: string | number
  readonly detail?: string
  readonly checks?: Readonly<Record<string, boolean>>
}
