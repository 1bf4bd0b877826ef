import type { OrderStory } from '../../../src/api-types.ts'
import type { Letter } from './selection.ts'

/** Where an order stands after one of its letters was ended. */
export function outcomeWords({ service, effectKey }: Pick<Letter, 'service' | 'effectKey'>, { story, stuck }: OrderStory): string {
  const effect = story.effects.find((one) => one.service === service && one.key === effectKey)
  const open = story.letters.filter(({ status }) => status === 'open').map((letter) => `${letter.service}/${letter.id}`)
  if (effect?.status === 'refused')
    return `The effect was refused again: ${effect.lastError ?? 'no reason was told'}. Its letter stays open.`
  if (effect?.status === 'due') return 'The effect is being tried.'
  const passed = effect ? 'The effect has passed. ' : ''
  if (open.length > 0) return `${passed}Still open: ${open.join(', ')}.`
  return passed + (stuck ? 'It is still stuck: its page tells why.' : 'It goes on by itself.')
}
