import { describe, expect, it } from '@jest/globals'
import { createStory, type Fact } from '@quadrille/testing/story'
import fc from 'fast-check'
import { loyalty } from '../src/service.ts'
import { cancelled, captured, histories, orderId, refunded } from './histories.ts'

function play(told: readonly Fact[], choices: readonly number[]) {
  const story = createStory(loyalty({ holdMs: 600_000 }), { answer: () => 'held' })
  story.play(told, choices)
  return story
}

describe('loyalty, when facts come in any order and more than once', () => {
  it('leaves points for exactly the orders that are paid and not stopped', () => {
    fc.assert(
      fc.property(histories, ({ total, told, choices }) => {
        const story = play(told, choices)
        const earns = told.includes(captured) && !told.includes(cancelled) && !told.includes(refunded)
        const awarded = story.states.get(orderId)!.status === 'awarded' ? story.states.get(orderId)!.points : 0
        expect(awarded).toBe(earns ? Math.floor(total / 100) : 0)
      }),
      { numRuns: 1000 },
    )
  })

  it('awards at most once, and revokes at most once what was awarded', () => {
    fc.assert(
      fc.property(histories, ({ told, choices }) => {
        expect([[], ['PointsAwarded'], ['PointsAwarded', 'PointsRevoked']]).toContainEqual(play(told, choices).types())
      }),
      { numRuns: 1000 },
    )
  })

  it('changes nothing when any fact comes a second time, even with an empty inbox', () => {
    fc.assert(
      fc.property(histories, ({ told, choices }) => {
        const story = play(told, choices)
        const keys = story.effects.size
        for (const fact of told) {
          const again = story.tell(fact)
          expect([again.changed.size, again.events, story.effects.size]).toEqual([0, [], keys])
        }
      }),
    )
  })
})
