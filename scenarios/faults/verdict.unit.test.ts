import { describe, expect, it } from '@jest/globals'
import { HEADERS } from '@quadrille/contracts'
import { type RuntimeRows, type Snapshot, serviceNames, type TopicRecord } from '@quadrille/testing'
import { problemsOf } from './trial.ts'
import { judge } from './verdict.ts'

const idle: RuntimeRows = { outbox: [], effects: [], letters: [], streams: [] }

const row = (eventId: string, published = true) => ({
  eventId,
  topic: 'orders.v1',
  key: 'o-1',
  value: '{}',
  published,
  parked: false,
  old: false,
})

const record = (id: string, offset: number, more: Partial<TopicRecord> = {}): TopicRecord => ({
  topic: 'orders.v1',
  partition: 0,
  offset: String(offset),
  key: 'o-1',
  value: '{}',
  headers: { [HEADERS.id]: id, [HEADERS.type]: 'OrderCancelled.v1' },
  ...more,
})

/** Orders has told of one cancel; who takes it, and whether it is there, the test says. */
function judged({ records, readers, bites = { cut: 1 }, unanswered = 0, published = true }: Partial<Seen>) {
  const runtimes = Object.fromEntries(serviceNames.map((name) => [name, idle])) as Record<string, RuntimeRows>
  const nothing = { orders: [], answers: [], payments: [], stock: [], allocations: [], rewards: [], mails: [], ledger: [], mailbox: [] }
  const outbox = [row('e-1', published)]
  const snapshot = {
    ...nothing,
    runtimes: { ...runtimes, orders: { ...idle, outbox } },
    records: records ?? [record('e-1', 0)],
    planted: {},
  }
  const everybody = readers ?? serviceNames
  const taken = Object.fromEntries(serviceNames.map((name) => [name, new Set(everybody.includes(name) ? ['e-1'] : [])]))
  return judge({ snapshot: snapshot as unknown as Snapshot, taken: taken as never, bites, unanswered })
}

interface Seen {
  readonly records: readonly TopicRecord[]
  readonly readers: readonly string[]
  readonly bites: Readonly<Record<string, number>>
  readonly unanswered: number
  readonly published: boolean
}

describe('a verdict', () => {
  it('finds nothing where what was acknowledged was delivered', () => {
    expect(judged({})).toMatchObject({ acknowledged: 1, lost: [], notDelivered: [], copies: 0, toothless: [] })
  })

  it('tells lost, which no topic has, from not delivered, which some reader has not got', () => {
    expect(judged({ records: [] })).toMatchObject({ lost: ['e-1'], notDelivered: [] })
    expect(judged({ readers: ['payments', 'warehouse', 'loyalty'] })).toMatchObject({
      lost: [],
      notDelivered: ['email: e-1'],
    })
  })

  it('calls nothing lost that Kafka never acknowledged', () => {
    expect(judged({ records: [], published: false })).toMatchObject({ acknowledged: 0, lost: [] })
  })

  it('counts copies, and does not mind them', () => {
    expect(judged({ records: [record('e-1', 0), record('e-1', 1)] })).toMatchObject({ copies: 1, lost: [], notDelivered: [] })
  })

  it('believes no run without a fault that hit, or with an order that was answered neither yes nor no', () => {
    expect(problemsOf(judged({ bites: {} }))).toContain('never bit: no fault at all')
    expect(problemsOf(judged({ bites: { cut: 0, killed: 1 } }))).toContain('never bit: cut')
    expect(problemsOf(judged({ unanswered: 1 }))).toContain('1 orders were answered neither yes nor no')
  })

  it('names whatever the invariants find', () => {
    expect(judged({}).violations.length).toBeGreaterThan(0) // the order that the event is of does not exist
  })
})
