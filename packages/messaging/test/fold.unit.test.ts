import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { type Before, createStamp, fold, type Step, uuidv7 } from '../src/index.ts'
import { cancelledInput, placedInput, poison } from './toy/inputs.ts'
import { type Toy, toy } from './toy/toy.ts'
import { unrecorded } from './toy/unrecorded.ts'

const nothing: Before<Toy, unknown> = { states: new Map(), shared: new Map(), sequences: new Map(), parked: new Set(), now: new Date(0) }
const stamp = createStamp(toy, uuidv7, () => unrecorded)
const run = (steps: Step[], before: Partial<Before<Toy, unknown>> = {}) => fold(toy, steps, { ...nothing, ...before }, stamp)

describe('fold, when a set holds several orders', () => {
  const [a, b] = [randomUUID(), randomUUID()]

  it('counts the sequence per order from where the stream stood', () => {
    const folded = run([placedInput(a), placedInput(b), placedInput(a)], { sequences: new Map([[a, 4]]) })
    expect(folded.events.map(({ key, sequence }) => [key, sequence])).toEqual([
      [a, 5],
      [b, 1],
      [a, 6],
    ])
    expect(folded.states.get(a)?.count).toBe(2)
  })

  it('says which event caused what', () => {
    const input = placedInput(a)
    const [event] = run([input]).events
    expect(event?.headers).toMatchObject({ ce_causationid: input.id, ce_correlationid: 'c-1' })
  })

  it('parks the order whose handler throws, with its later events, and no other', () => {
    const folded = run([placedInput(a), placedInput(a, 'throw'), placedInput(a), placedInput(b)])
    expect([...folded.parked]).toEqual([a])
    expect(folded.states.get(a)?.count).toBe(1)
    expect(folded.failed).toMatchObject([{ code: 'HANDLER' }])
    expect(folded.waiting).toHaveLength(1)
    expect(folded.states.get(b)?.count).toBe(1)
  })

  it('parks nothing for a record without a usable key', () => {
    const folded = run([poison(null), placedInput(a)])
    expect(folded.parked.size).toBe(0)
    expect(folded.failed).toMatchObject([{ code: 'UNDECODABLE' }])
    expect(folded.states.get(a)?.count).toBe(1)
  })

  it('folds commands of a parked order at once, and fails none of their neighbours', () => {
    const count = { kind: 'command', name: 'count', orderId: a, command: { orderId: a, by: 2 } as never, cause: {} } as const
    const unknown = { ...count, name: 'nonsense' }
    const folded = run([count, unknown, cancelledInput(a)], { parked: new Set([a]) })
    expect([...folded.replies]).toEqual([[count, 2]])
    expect(folded.failed.map(({ step }) => step)).toEqual([unknown])
    expect(folded.waiting).toHaveLength(1)
  })

  it('leaves the given states as they were', () => {
    const states = new Map([[a, { orderId: a, count: 1, rung: 0 }]])
    run([placedInput(a)], { states })
    expect(states.get(a)?.count).toBe(1)
  })
})
