/** What the operators' API answers, as far as it is read here. */
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

export interface CodeSummary {
  readonly code: string
  readonly open: number
  readonly orders: number
  readonly firstSeen: string
  readonly lastSeen: string
}

export interface DryRun {
  readonly would: number
  readonly orders: number
  readonly sample: readonly Readonly<Record<string, unknown>>[]
}

export interface Task {
  readonly id: string
  readonly kind: string
  readonly request: Readonly<Record<string, unknown>>
  readonly status: 'waiting' | 'running' | 'interrupted' | 'done' | 'cancelled' | 'failed'
  readonly total: number
  readonly done: number
  readonly failed: number
  readonly ratePerSecond: number
  readonly startedBy: string
  readonly reason: string | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly error: string | null
}

export interface ParkedRow {
  readonly id: string
  readonly topic: string
  readonly key: string | null
  readonly eventId: string
  readonly type: string | null
  readonly reason: string
  readonly parkedAt: string
  readonly behind: number
}

export interface Outbox {
  readonly unsent: number
  readonly oldestAgeSeconds: number
  readonly lease: { readonly owner: string; readonly until: string } | null
  readonly parked: readonly ParkedRow[]
}

export interface Effect {
  readonly key: string
  readonly kind: string
  readonly orderId: string
  readonly status: 'due' | 'done' | 'void' | 'refused'
  readonly attempts: number
  readonly runAt: string
  readonly firstStartedAt: string | null
  readonly leasedUntil: string | null
  readonly lastError: string | null
  readonly doneAt: string | null
}

export interface Consumer {
  readonly joined: boolean
  readonly paused: { readonly reason: string; readonly since: string } | null
  readonly lastProgressSeconds: number
  readonly partitions: readonly { readonly topic: string; readonly partition: number }[]
}

export interface AuditRow {
  readonly id: string
  readonly at: string
  readonly operator: string
  readonly action: string
  readonly target: unknown
  readonly request: unknown
  readonly reason: string | null
  readonly outcome: 'started' | 'done' | 'refused' | 'failed'
}

export interface OrderRecord {
  readonly orderId: string
  readonly known: boolean
  readonly parked: boolean
  readonly parkedSince: string | null
  readonly handled: readonly {
    readonly eventId: string
    readonly type: string | null
    readonly topic: string
    readonly partition: number
    readonly offset: string
    readonly at: string
  }[]
  readonly emitted: readonly {
    readonly eventId: string
    readonly type: string
    readonly topic: string
    readonly sequence: number
    readonly createdAt: string
    readonly publishedAt: string | null
    readonly parked: string | null
    readonly causationId: string | null
  }[]
  readonly effects: readonly Effect[]
  readonly letters: readonly {
    readonly id: string
    readonly eventId: string
    readonly code: string
    readonly error: string
    readonly status: 'open' | 'redriven' | 'discarded'
    readonly type: string | null
    readonly effectKey: string | null
  }[]
  readonly waits: readonly string[]
}

export interface OrderView {
  readonly orderId: string
  readonly status: string
  readonly total: number
  readonly currency: string
  readonly placedAt: string
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
