import type { OrderEvent, ServiceName, Story } from '../../../src/api-types.ts'
import type { Tone } from '../../widgets/tone.ts'

export interface Mark {
  readonly service: string
  readonly how: string
  readonly ms: number | null
  readonly tone: Tone
  readonly letter: string | null
}

/** A line of the waterfall. */
export interface TimeRow {
  readonly key: string
  readonly kind: 'event' | 'effect' | 'mail'
  readonly label: string
  readonly who: string
  readonly where: string | null
  readonly depth: number
  /** When it happened, since placing; null where nobody knows, or not yet. */
  readonly ms: number | null
  /** When it began, where it took time. */
  readonly since: number | null
  readonly tone: Tone
  readonly note: string | null
  readonly marks: readonly Mark[]
  /** The key of what caused it. */
  readonly cause: string | null
}

type Handling = Story['events'][number]['handling'][number]

const markTones: Readonly<Record<Handling['how'], Tone>> = {
  handled: 'good',
  redriven: 'good',
  discarded: 'quiet',
  parked: 'bad',
  'behind a parked one': 'warn',
  'not yet': 'info',
  unknown: 'quiet',
}

const markOf = ({ service, how, ms, letter }: Handling): Mark => ({ service, how, ms, letter, tone: markTones[how] })

/** Everything that happened to an order, causes before what they caused; without a story, what the console has read itself. */
export function timeRows(events: readonly OrderEvent[], story: Story | undefined): TimeRow[] {
  if (!story) return inTree(events)
  const read = new Map(events.map((event) => [event.id, event]))
  const start = startOf(story)
  const since = (iso: string | null) => (iso === null || start === null ? null : Math.max(0, Date.parse(iso) - start))
  return [
    ...story.events.map((event) => eventRow(event, read)),
    ...story.effects.map((effect) => effectRow(effect, since)).sort(byTime),
    ...story.mails.map(mailRow).sort(byTime),
  ]
}

/** When the order began, as the story counts it: its own milliseconds tell, or else when it was placed. */
function startOf({ effects, mails, order }: Story): number | null {
  const told = [...effects.map(({ doneAt, ms }) => [doneAt, ms] as const), ...mails.map(({ sentAt, ms }) => [sentAt, ms] as const)]
  const [at, ms] = told.find(([iso, after]) => iso !== null && after !== null) ?? []
  if (at && ms !== null && ms !== undefined) return Date.parse(at) - ms
  return order ? Date.parse(order.placedAt) : null
}

function eventRow(event: Story['events'][number], read: ReadonlyMap<string, OrderEvent>): TimeRow {
  const { id, type, emitter, topic, partition, offset, ms, depth, sent, causationId, handling } = event
  const at = offset ?? read.get(id)?.offset ?? null
  return {
    ...{ key: id, kind: 'event', label: type, who: emitter ?? 'no service', depth, ms, since: null, cause: causationId },
    where: `${topic}-${partition}${at === null ? '' : ` @ ${at}`}`,
    tone: sent === 'refused by Kafka' ? 'bad' : sent === 'sent' ? 'info' : 'warn',
    note: emitter === null ? 'it came from no outbox' : sent === 'sent' ? null : sent,
    marks: handling.map(markOf),
  }
}

const effectTones = { due: 'warn', refused: 'bad', done: 'good', void: 'quiet' } as const

const byTime = (a: TimeRow, b: TimeRow) => (a.since ?? a.ms ?? Number.MAX_VALUE) - (b.since ?? b.ms ?? Number.MAX_VALUE)

function effectRow(effect: Story['effects'][number], since: (iso: string | null) => number | null): TimeRow {
  const { key, kind, orderId, service, status, attempts, ms, lastError, firstStartedAt, runAt } = effect
  const began = since(firstStartedAt ?? runAt)
  const tried = attempts > 1 ? `, ${attempts} attempts` : ''
  const about = key.split(`${orderId}:`)[1] // a mail is about one fact of several
  return {
    ...{ key: `effect ${key}`, kind: 'effect', label: kind, who: service, where: null, depth: 0, marks: [], cause: null },
    // One that is due has begun, and has no end yet.
    ...{ ms: status === 'due' ? null : (ms ?? began), since: ms === null && status !== 'due' ? null : began, tone: effectTones[status] },
    note: `${status}${about ? ` about ${about}` : ''}${tried}${lastError && status !== 'done' ? `: ${lastError}` : ''}`,
  }
}

function mailRow({ fact, subject, status, ms }: Story['mails'][number]): TimeRow {
  const tone = status === 'sent' ? 'good' : 'warn'
  return {
    ...{ key: `mail ${fact}`, kind: 'mail', label: fact, who: 'email', where: null, depth: 0, marks: [], cause: null },
    ...{ ms, since: null, tone, note: status === 'sent' ? subject : `${status}: ${subject}` },
  }
}

function inTree(events: readonly OrderEvent[]): TimeRow[] {
  const ids = new Set(events.map(({ id }) => id))
  const children = Map.groupBy(
    [...events].sort((a, b) => a.ms - b.ms),
    ({ causationId }) => (causationId !== null && ids.has(causationId) ? causationId : null),
  )
  const below = (cause: string | null, depth: number): TimeRow[] =>
    (children.get(cause) ?? []).flatMap((event) => [readRow(event, depth), ...below(event.id, depth + 1)])
  return below(null, 0)
}

const readRow = ({ id, type, emitter, topic, partition, offset, ms, causationId }: OrderEvent, depth: number): TimeRow => ({
  ...{ key: id, kind: 'event', label: type, who: emitter satisfies ServiceName, where: `${topic}-${partition} @ ${offset}`, depth, ms },
  ...{ since: null, tone: 'info', note: null, marks: [], cause: causationId },
})

/** Every instant that the axis must have room for. */
export const instantsOf = (rows: readonly TimeRow[]): number[] =>
  rows.flatMap(({ ms, since, marks }) => [ms, since, ...marks.map((mark) => mark.ms)].filter((at): at is number => at !== null))

/** Arrows: from a cause's place to that of what it caused, by the rows' numbers. */
export function arrowsOf(rows: readonly TimeRow[], x: (ms: number) => number): { readonly key: string; readonly path: string }[] {
  const at = new Map(rows.map(({ key }, row) => [key, row]))
  return rows.flatMap(({ key, cause, ms }, row) => {
    const from = cause === null ? undefined : at.get(cause)
    if (from === undefined || ms === null) return []
    const start = rows[from]!.ms
    if (start === null) return []
    const across = (value: number) => (x(value) * 100).toFixed(2)
    return [{ key, path: `M${across(start)} ${from + 0.5}V${row + 0.5}H${across(ms)}` }]
  })
}
