import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { fold } from '../src/fold.ts'
import { type EventInput, type Letter, type RedriveInput, WAITING } from '../src/input.ts'
import { plan } from '../src/plan.ts'
import { shortInput } from './toy/inputs.ts'
import { toy } from './toy/toy.ts'

const orderId = randomUUID()
let ids = 0

const eventLetter = (input: EventInput = shortInput(orderId)): Letter => ({
  id: String(++ids),
  orderId,
  origin: 'event',
  eventId: input.id,
  code: WAITING,
  attempts: 0,
  effectKey: null,
  message: input.message,
})
const effectLetter = (key: string): Letter => ({ ...eventLetter(), origin: 'effect', code: 'EFFECT_REFUSED', effectKey: key })
const read = () => shortInput(orderId)

const redrive: RedriveInput = { kind: 'redrive', orderId }
const discard = (letter: Letter): RedriveInput => ({ kind: 'redrive', orderId, discard: { letterId: letter.id, reason: 'never an event' } })
const outcome = (key: string) => {
  const effect = { key, kind: 'ring', orderId, payload: { orderId }, attempt: 2, again: true, cause: {} }
  return { kind: 'outcome', orderId, effect, answer: 'rung' } as const
}
const run = (planned: ReturnType<typeof plan>) =>
  fold(
    toy,
    planned.steps,
    { states: new Map(), shared: new Map(), sequences: new Map(), parked: new Set([orderId]), now: new Date(0) },
    () => undefined as never,
  )
const lettersFolded = (planned: ReturnType<typeof plan>) =>
  planned.steps.flatMap((step) => ('letter' in step && step.letter ? [step.letter.id] : []))

describe('a plan', () => {
  it('folds each letter once, however many redrives name its order', () => {
    const letters = [eventLetter(), eventLetter()]
    expect(lettersFolded(plan([redrive, redrive, redrive], letters, read))).toEqual(letters.map(({ id }) => id))
  })

  it('does not fold what another input of the set discards', () => {
    const [bad, good] = [eventLetter(), eventLetter()]
    const planned = plan([redrive, discard(bad)], [bad, good], read)
    expect(lettersFolded(planned)).toEqual([good.id])
    expect(planned.discarded.map(({ id }) => id)).toEqual([bad.id])
  })

  it('changes nothing for a discard of a letter that is closed already', () => {
    const planned = plan([discard(eventLetter())], [eventLetter()], read)
    expect(planned).toMatchObject({ steps: [], discarded: [] })
  })

  it('tries refused effects again, and lets the events wait for their outcome', () => {
    const planned = plan([redrive], [effectLetter('a'), eventLetter()], read)
    expect(planned).toMatchObject({ due: ['a'], steps: [] })
  })

  it('frees an order once the outcomes of all its refused effects are there, also in one set', () => {
    const letters = [effectLetter('a'), effectLetter('b'), eventLetter()]
    expect(run(plan([outcome('a')], letters, read)).parked.has(orderId)).toBe(true)
    const both = plan([outcome('a'), outcome('b')], letters, read)
    expect(lettersFolded(both)).toEqual([letters[2]!.id])
    expect(run(both).parked.has(orderId)).toBe(false)
  })

  it('keeps an order parked if one of the outcomes did not pass', () => {
    const letters = [effectLetter('a'), effectLetter('b')]
    const planned = plan([outcome('a'), { ...outcome('b'), rejected: new Error('no') }], letters, read)
    expect(run(planned).parked.has(orderId)).toBe(true)
  })

  it('lets an event that came in the same set run behind the outcome that frees its order', () => {
    const letters = [effectLetter('a'), eventLetter()]
    const late = shortInput(orderId)
    const folded = run(plan([late, outcome('a')], letters, read))
    expect(folded.waiting).toEqual([])
    expect(folded.states.get(orderId)).toMatchObject({ count: 20 })
  })
})
