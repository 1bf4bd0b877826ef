import { describe, expect, it } from '@jest/globals'
import { AssignerProtocol } from 'kafkajs'
import { createHighMarks } from '../src/high-marks.ts'
import { lagOf, type Reading } from '../src/lag.ts'
import { type Owners, ownersOf } from '../src/owners.ts'

const topic = 'orders.v1'

const reading = (at: number, high: number, offset: string | null, low = 0): Reading => ({
  at,
  topics: [{ topic, partitions: [{ partition: 0, low: String(low), high: String(high) }] }],
  groups: [{ group: 'payments', members: 1, state: 'Stable', offsets: [{ topic, partition: 0, offset }] }],
})

const only = (lag: ReturnType<typeof lagOf>) => lag.groups[0]!.partitions[0]!

describe('lag', () => {
  it('is the newest offset minus the committed one', () => {
    expect(only(lagOf(reading(0, 10, '7'), createHighMarks()))).toMatchObject({ committed: 7, high: 10, lag: 3 })
  })

  it('is unknown, not zero, while the group has committed nothing', () => {
    expect(only(lagOf(reading(0, 10, null), createHighMarks()))).toMatchObject({ committed: null, lag: null, lagSeconds: null })
  })

  it('is never negative, also where a commit is seen before its topic', () => {
    expect(only(lagOf(reading(0, 5, '6'), createHighMarks()))).toMatchObject({ lag: 0, lagSeconds: 0 })
  })

  it('does not count what retention removed before it was read', () => {
    expect(only(lagOf(reading(0, 10, '2', 8), createHighMarks())).lag).toBe(2)
  })

  it('in seconds is the age of the oldest unread record, as first seen', () => {
    const marks = createHighMarks()
    lagOf(reading(0, 5, '5'), marks)
    lagOf(reading(2_000, 6, '5'), marks) // record 5 appears
    lagOf(reading(4_000, 9, '5'), marks)
    expect(only(lagOf(reading(10_000, 9, '5'), marks)).lagSeconds).toBe(8)
    expect(only(lagOf(reading(12_000, 9, '6'), marks)).lagSeconds).toBe(8) // record 6 came at 4,000
    expect(only(lagOf(reading(14_000, 9, '9'), marks)).lagSeconds).toBe(0)
  })

  it('is shown for a group whose last member died', () => {
    const dead = { ...reading(0, 10, '4'), groups: [{ ...reading(0, 10, '4').groups[0]!, members: 0, state: 'Empty' }] }
    expect(lagOf(dead, createHighMarks()).groups[0]).toMatchObject({ members: 0, partitions: [{ lag: 6 }] })
  })
})

describe('who reads a partition', () => {
  const member = (memberId: string, partitions: number[]) => ({
    ...{ memberId, clientId: 'payments', clientHost: '/10.0.0.7', memberMetadata: Buffer.alloc(0) },
    memberAssignment: AssignerProtocol.MemberAssignment.encode({
      version: 1,
      assignment: { [topic]: partitions },
      userData: Buffer.alloc(0),
    }),
  })
  const memberIn = (owners: Owners) => {
    const [group] = reading(0, 10, '7').groups
    return only(lagOf({ ...reading(0, 10, '7'), groups: [{ ...group!, owners }] }, createHighMarks())).member
  }

  it('is told by what the members were given, with a name that is short and the host', () => {
    const members = [member('payments-7c1e04a2-1111-4222-8333-444455556666', [1, 2]), member('payments-other', [0])]
    const owners = ownersOf({ state: 'Stable', members })!
    expect(owners.get('orders.v1/2')).toEqual({ id: 'payments-7c1e04a2', host: '10.0.0.7' })
    expect(memberIn(owners)).toEqual({ id: 'payments-other', host: '10.0.0.7' })
  })

  it('is nobody where no member was given it', () => {
    expect(memberIn(ownersOf({ state: 'Stable', members: [member('payments-other', [1])] }))).toBeNull()
    expect(memberIn(ownersOf({ state: 'Empty', members: [] }))).toBeNull()
  })

  it('is not known while the group shares its partitions out, or where nobody told', () => {
    const joining = { ...member('payments-other', [0]), memberAssignment: Buffer.alloc(0) }
    expect(memberIn(ownersOf({ state: 'CompletingRebalance', members: [joining] }))).toBeUndefined()
    expect(memberIn(undefined)).toBeUndefined()
  })
})

describe('the marks of a partition', () => {
  it('stay bounded and then only make a wait seem younger', () => {
    const marks = createHighMarks(10)
    for (let at = 0; at < 1_000; at++) marks.note('p', { at, high: at + 1 })
    expect(marks.appeared('p', 0)).toBeGreaterThanOrEqual(0)
    expect(marks.appeared('p', 998)).toBe(998)
    expect(marks.appeared('p', 1_000)).toBeUndefined()
  })

  it('are forgotten when the partition was made anew', () => {
    const marks = createHighMarks()
    marks.note('p', { at: 1, high: 100 })
    marks.note('p', { at: 9, high: 3 })
    expect(marks.appeared('p', 0)).toBe(9)
  })
})
