import { describe, expect, it } from '@jest/globals'
import { createStory, type Fact } from '@quadrille/testing/story'
import { loyalty } from '../src/service.ts'
import { cancelled, captured, failed, orderId, placedFor, refunded } from './histories.ts'

const placed = placedFor(3470)

/** Tells the facts; then the hold, if there is one, ends. */
function after(...facts: Fact[]) {
  const story = createStory(loyalty({ holdMs: 600_000 }), { answer: () => 'held' })
  story.play(facts)
  return { story, status: story.states.get(orderId)!.status, events: story.types() }
}

/** The hold ends; then one more fact is told. */
function afterAward(...facts: Fact[]) {
  const { story } = after(placed, captured)
  for (const fact of facts) story.tell(fact)
  return { status: story.states.get(orderId)!.status, events: story.types() }
}

describe('loyalty, when an order is placed and paid', () => {
  it.each([
    ['placed first', [placed, captured]],
    ['paid first', [captured, placed]],
  ])('holds the points for as long as the policy says, %s', (_, facts) => {
    const story = createStory(loyalty({ holdMs: 600_000 }))
    for (const fact of facts) story.tell(fact)
    expect([...story.effects.values()]).toMatchObject([
      { kind: 'award-points', key: `points:${orderId}`, payload: { orderId }, delayMs: 600_000 },
    ])
    expect(story.events).toEqual([])
  })

  it('gives a point for every 100 minor units once the hold is over', () => {
    const { story } = after(placed, captured)
    expect(story.events).toEqual([{ type: 'PointsAwarded', data: { orderId, customerId: 'c-1', points: 34 } }])
  })

  it('gives none for less than 100 minor units', () => {
    expect(after(placedFor(99), captured)).toMatchObject({ status: 'void', events: [] })
  })

  it.each([
    ['unpaid', [placed]],
    ['declined', [placed, failed]],
    ['unknown', [captured]],
  ])('holds nothing while the order is %s', (_, facts) => {
    expect(after(...facts)).toMatchObject({ status: 'new', events: [] })
  })
})

describe('loyalty, when an order is stopped', () => {
  it.each([
    ['cancelled', cancelled],
    ['refunded', refunded],
  ])('gives no points if it was %s during the hold', (_, stop) => {
    expect(after(placed, captured, stop)).toMatchObject({ status: 'void', events: [] })
  })

  it('gives no points if it was cancelled before anything else was heard of it', () => {
    const { story, status } = after(cancelled, placed, captured)
    expect([status, story.events, story.effects.size]).toEqual(['void', [], 0])
  })

  it('gives no points if the cancel lands between the guard and the outcome', () => {
    const story = createStory(loyalty({ holdMs: 0 }), { answer: () => 'held' })
    story.play([placed, captured, cancelled], [0, 0, 1, 0, 0])
    expect([story.states.get(orderId)!.status, story.types()]).toEqual(['void', []])
  })

  it('takes back what was given, once', () => {
    expect(afterAward(cancelled, refunded, cancelled)).toEqual({ status: 'revoked', events: ['PointsAwarded', 'PointsRevoked'] })
  })
})
