import { type Service, services } from '../addresses.ts'
import type { Consumer } from '../answers.ts'
import { duration } from '../words.ts'

export type Pause = NonNullable<Consumer['paused']>

/** A service that has not read what Kafka has of the order. */
export interface Hold {
  readonly service: Service
  /** The types of those events, in the order in which they happened. */
  readonly unread: readonly string[]
  /** Null: nobody paused its consumer. */
  readonly paused: Pause | null
}

interface Event {
  readonly type: string
  readonly ms: number | null
  readonly sent: string
  readonly handling: readonly { readonly service: Service; readonly how: string }[]
}

export function holdsOf(events: readonly Event[], pauses: ReadonlyMap<Service, Pause>): Hold[] {
  const inKafka = events.filter(({ sent }) => sent === 'sent').toSorted((a, b) => (a.ms ?? 0) - (b.ms ?? 0))
  return services.flatMap((service) => {
    const unread = inKafka.filter(({ handling }) => handling.some((one) => one.service === service && one.how === 'not yet'))
    const types = [...new Set(unread.map(({ type }) => type))]
    return types.length === 0 ? [] : [{ service, unread: types, paused: pauses.get(service) ?? null }]
  })
}

/** A shorter pause is a moment's work; nobody is called for it. */
export const LONG_PAUSE_MS = 60_000

export const isHeldLong = ({ paused }: Hold, now: number) => paused !== null && now - Date.parse(paused.since) > LONG_PAUSE_MS

export function holdWords({ unread, paused }: Hold, now: number): string {
  const are = unread.length === 1 ? 'is' : 'are'
  const events = listed(unread)
  if (!paused) return `has not read ${events}, which ${are} in Kafka`
  const time = duration(Math.max(0, Math.round((now - Date.parse(paused.since)) / 1000)))
  return `is paused by ${paused.by}, for ${time} now: “${paused.reason}”; ${events} ${are} in Kafka, unread`
}

const listed = (words: readonly string[]) => (words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`)

/** Whether a service blames somebody else for what it has only not read. */
export const blamesWrongly = (why: string, { unread }: Hold) =>
  why.endsWith('has not heard of this order') || (/^waits for [A-Z]/.test(why) && unread.some((type) => why.split(/\W+/).includes(type)))
