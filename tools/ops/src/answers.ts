// What the operators' API answers, as far as it is read here. Mostly that is what the runtime knows; only its types are imported, so
// that a field that is renamed there does not compile here, and a command loads nothing of it.
import type * as runtime from '@quadrille/messaging'

/** As JSON has it: times as text. */
type Answered<T> = T extends Date ? string : T extends object ? { readonly [K in keyof T]: Answered<T[K]> } : T

/** A dead letter. */
export interface Letter {
  readonly id: string
  readonly orderId: string | null
  readonly eventId: string
  readonly origin: 'event' | 'effect'
  readonly status: 'open' | 'redriven' | 'discarded'
  readonly code: string
  readonly error: string
  readonly attempts: number
  readonly effectKey: string | null
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly parkedAt: string
  readonly endedAt: string | null
  readonly endedReason: string | null
  readonly key: string | null
  readonly headers: Readonly<Record<string, string>>
}

export interface LetterDetails extends Letter {
  readonly text: string | null
  readonly hex: string | null
  readonly problems: readonly { readonly path: string; readonly message: string }[]
  readonly behind: readonly { readonly id: string; readonly eventId: string; readonly type: string | null }[]
}

export type CodeSummary = Answered<runtime.CodeSummary>
export type DryRun = Answered<Pick<runtime.Planned, 'would' | 'orders' | 'sample'>>
export type Task = Omit<Answered<runtime.Task>, 'plan' | 'position'>
export type ParkedRow = Answered<runtime.ParkedOutboxRow>
export type Effect = Answered<runtime.EffectState>
export type Consumer = Answered<runtime.ConsumerState>
export type Resumed = Consumer & { readonly ended: Consumer['paused'] }
export type AuditRow = Answered<runtime.AuditRow>
export type OrderRecord = Answered<Awaited<ReturnType<runtime.Operators['order']>>>

export interface Outbox extends Answered<runtime.OutboxState> {
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
