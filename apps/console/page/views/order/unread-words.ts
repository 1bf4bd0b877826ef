import type { Story } from '../../../src/api-types.ts'
import { counted } from '../../widgets/words.ts'

/** What is known of an order of which the console has read no event. */
export interface UnreadWords {
  /** Some service has the order, or has emitted an event of it: only the console has not read that. */
  readonly genuine: boolean
  readonly tone: 'bad' | 'warn' | 'info'
  readonly title: string
  readonly words: string
}

export function unreadWords({ events, order, letters }: Story): UnreadWords {
  const genuine = order !== null || events.some(({ emitter }) => emitter !== null)
  if (genuine)
    return {
      ...{ genuine, tone: 'warn', title: 'The console has read no event of it' },
      words:
        'The services know it; what they tell stands here. It is in no list until its events are read: either they wait for the relay, or the console is behind.',
    }
  if (letters.length === 0)
    return {
      ...{ genuine, tone: 'info', title: 'This order is not known' },
      words: 'No service knows it, and no dead letter has this key.',
    }
  return { genuine, ...fromLetters(letters) }
}

function fromLetters(letters: Story['letters']): Omit<UnreadWords, 'genuine'> {
  const parkers = [...new Set(letters.map(({ service }) => service))].join(', ')
  const open = letters.filter(({ status }) => status === 'open').length
  const known = `No service has emitted an event of it: all that is known is ${counted(letters.length, 'dead letter')} with this key, at ${parkers}.`
  if (open === 0)
    return { tone: 'info', title: 'Known from dead letters alone', words: `${known} Each of them has ended: there is nothing left to do.` }
  return {
    ...{ tone: 'bad', title: 'Known from dead letters alone' },
    words: `${known} Open ${open === 1 ? 'it' : 'each'} and see where its record came from: what no service emitted is to be discarded at every reader, and no order is lost with it; what one did emit is redriven once its cause is repaired.`,
  }
}
