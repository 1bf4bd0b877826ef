import { type Service, services } from '../addresses.ts'
import type { Letter, OrderRecord } from '../answers.ts'
import { rowName } from '../command.ts'
import { handlers } from '../handlers.ts'
import { type Emission, emissionOf } from './emission.ts'
import { isOpen } from './status.ts'
import { type StoryEvent, storyOf, type Told } from './story.ts'

/** Where a dead letter's record came from, as far as outboxes tell, and what that means for its order. */
export interface Origin {
  /** Whose topic it was in. */
  readonly emitter: Service
  readonly emitted: Emission
  /** The event of the same type that the emitter did emit for the order. */
  readonly genuine: string | null
  /** The same record at every reader that has it open. */
  readonly letters: readonly string[]
  /** Readers that have not come to it, and will refuse it too. */
  readonly unread: readonly Service[]
  /** The order, where it has not ended. */
  readonly open: string | null
  /** What the emitter still does for the order. */
  readonly underWay: readonly string[]
}

/** Null where the letter holds no record of a topic that a service emits. */
export function originOf(letter: Letter, told: Told): Origin | null {
  const emitter = services.find((name) => letter.topic.startsWith(`${name}.`))
  if (!emitter || letter.origin !== 'event') return null
  const { events, letters, order } = storyOf(told)
  const type = typeOf(letter)
  const genuine = events.find((event) => event.emitter === emitter && event.type === type && event.id !== letter.eventId)
  const same = letters.filter(({ eventId, effectKey, status }) => eventId === letter.eventId && effectKey === null && status === 'open')
  const effects = told.records.get(emitter)?.effects.filter(({ status }) => status === 'due' || status === 'refused') ?? []
  return {
    emitter,
    emitted: emissionOf(letter.eventId, emitter, told.records),
    genuine: genuine ? positionOf(genuine) : null,
    letters: same.map(rowName),
    unread: (handlers[type] ?? []).filter((name) => isUnread(letter.eventId, told.records.get(name))),
    open: order && isOpen(order.status) ? order.orderId : null,
    underWay: effects.map(({ kind, status }) => `${kind} ${status}`),
  }
}

export const typeOf = ({ headers }: Pick<Letter, 'headers'>) => headers.ce_type?.split('.')[0] ?? 'a record'

const isUnread = (id: string, record: OrderRecord | undefined) =>
  record !== undefined && ![...record.handled, ...record.letters].some(({ eventId }) => eventId === id)

const positionOf = ({ topic, partition, offset }: StoryEvent) => `${topic}-${partition}${offset === null ? '' : `-${offset}`}`
