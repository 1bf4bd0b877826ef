import type { Origin } from '../../../src/api-types.ts'

/** Where a record came from, as far as outboxes tell. */
export const cameFrom = ({ emitter, emitted }: Origin): string =>
  ({
    emitted: `${emitter} emitted it: it is in an outbox.`,
    never: `From no outbox: ${emitter} never emitted this.`,
    unknown: `Not known: ${emitter} does not answer, or its outbox does not go back so far.`,
  })[emitted]

/** What follows for a record that its emitter never emitted: nothing is lost with it. */
export function foreignWords(type: string, { emitter, genuine, unread, open, underWay }: Origin): string {
  const late =
    unread.length > 0 ? ` ${unread.join(', ')} ${unread.length === 1 ? 'has' : 'have'} not read it yet; there it becomes a letter too.` : ''
  if (genuine)
    return `Somebody else wrote it. The genuine ${type} is ${genuine}: discard this one at every reader, and do not cancel the order.${late}`
  const discard = `Somebody else wrote it, and for this order there is no other ${type}: discard it at every reader.${late}`
  if (open === null) return discard
  const wait = underWay.length > 0 ? `wait for what ${emitter} still does (${underWay.join(', ')}), and ` : ''
  return `${discard} Then ${wait}see whether the order goes on; only if not, end it by the operators’ cancel.`
}
