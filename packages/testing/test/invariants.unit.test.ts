import { describe, expect, it } from '@jest/globals'
import { HEADERS } from '@quadrille/contracts'
import { checkSnapshot, differences, type LetterRow } from '../src/invariants/index.ts'
import { declined, dispatched, healthySnapshot, type MutableSnapshot, recalled, short } from './invariants-fixture.ts'

type Mutant = readonly [invariant: string, what: string, mutate: (snapshot: MutableSnapshot) => unknown]

const letter = (more: Partial<LetterRow> = {}): LetterRow => ({
  ...{ orderId: dispatched, eventId: `OrderPlaced ${dispatched}`, type: 'OrderPlaced.v1', code: 'HANDLER', outcome: 'redriven' },
  ...more,
})
const dlqRecord = { topic: 'email.dlq', partition: 0, offset: '0', key: dispatched, value: '{}', headers: { 'x-dlq-id': 'letter 1' } }
const letterSent = { eventId: 'letter 1', topic: 'email.dlq', key: null, value: '{}', published: true, parked: false, old: false }
const find = <Row>(rows: Row[], wanted: Partial<Row>): Row =>
  rows.find((row) => Object.entries(wanted).every(([name, value]) => row[name as keyof Row] === value))!
const without = <Row>(rows: Row[], wanted: Partial<Row>) => rows.splice(rows.indexOf(find(rows, wanted)), 1)
const recordOf = ({ records }: MutableSnapshot, id: string) => records.find(({ headers }) => headers[HEADERS.id] === id)!

const mutants: readonly Mutant[] = [
  ['I1', 'an order that never ends', ({ orders }) => Object.assign(find(orders, { orderId: declined }), { status: 'paid' })],
  ['I1', 'an order that was answered and is gone', ({ orders }) => without(orders, { orderId: declined })],
  ['I1', 'an order that nobody asked for', ({ planted }) => planted.orders!.pop()],
  ['I1', 'another end than promised', ({ planted }) => Object.assign(planted.orders![0]!, { ends: ['cancelled'] })],
  ['I1', 'two orders for one key', ({ planted }) => planted.orders!.map((order) => Object.assign(order, { key: 'same' }))],
  ['I1', 'a payment of an order that is not there', ({ payments }) => payments.push({ ...payments[0]!, orderId: 'nobody' })],

  ['I2', 'a second capture', ({ ledger }) => ledger.push({ ...ledger[0]!, id: 'ch 2', key: 'another' })],
  ['I2', 'a refund that is missing', ({ ledger }) => without(ledger, { id: `re ${recalled}` })],
  ['I2', 'a second refund', ({ ledger }) => ledger.push({ ...find(ledger, { id: `re ${short}` }), id: 're 2' })],
  ['I2', 'another amount than the total', ({ ledger }) => Object.assign(find(ledger, { id: `ch ${dispatched}` }), { amount: 1 })],
  ['I2', 'books that disagree', ({ payments }) => Object.assign(find(payments, { orderId: dispatched }), { chargeId: 'ch 9' })],
  ['I2', 'a capture that was not told', (snapshot) => (recordOf(snapshot, `PaymentCaptured ${short}`).headers[HEADERS.type] = 'Other.v1')],

  ['I3', 'a unit that got lost', ({ stock }) => Object.assign(stock[0]!, { onHand: 7 })],
  ['I3', 'an oversold SKU', ({ stock }) => Object.assign(stock[0]!, { onHand: -1, dispatched: 11 })],
  ['I3', 'units still held', ({ allocations }) => Object.assign(find(allocations, { orderId: declined }), { status: 'reserved' })],
  [
    'I3',
    'a parcel for a cancelled order',
    ({ allocations }) => Object.assign(find(allocations, { orderId: recalled }), { status: 'dispatched' }),
  ],
  ['I3', 'another stock than the catalogue', ({ catalogue }) => Object.assign(catalogue![0]!, { stock: 10 })],

  ['I4', 'too many points', ({ rewards }) => Object.assign(find(rewards, { orderId: dispatched }), { points: 35 })],
  ['I4', 'points for a cancelled order', ({ rewards }) => Object.assign(find(rewards, { orderId: recalled }), { status: 'awarded' })],
  ['I4', 'an award told twice', ({ records }) => records.push(copy(records, `PointsAwarded ${dispatched}`, 'again'))],

  ['I5', 'a mail that nobody received', ({ mailbox }) => mailbox.pop()],
  ['I5', 'a fact nobody wrote about', ({ mails }) => mails.pop()],
  ['I5', 'a second mail after a single attempt', ({ mailbox }) => mailbox.push(mailbox[0]!)],
  ['I5', 'a second mail with another Message-ID', ({ mailbox }) => mailbox.push({ ...mailbox[0]!, messageId: '<other@shop>' })],
  ['I5', 'a mail to somebody else', ({ mailbox }) => Object.assign(mailbox[0]!, { recipients: ['eve@example.com'] })],

  ['I6', 'a row marked and never sent', ({ records }) => records.splice(records.indexOf(records.at(-1)!), 1)],
  ['I6', 'a row not sent', ({ runtimes }) => Object.assign(runtimes.orders.outbox[0]!, { published: false })],
  ['I6', 'a record out of nowhere', ({ records }) => records.push(copy(records, `OrderPlaced ${dispatched}`, 'forged'))],
  ['I6', 'a record that was changed on its way', ({ records }) => Object.assign(records[0]!, { value: '{}' })],
  ['I6', 'an effect that is not done', ({ runtimes }) => Object.assign(runtimes.email.effects[0]!, { status: 'due' })],
  ['I6', 'an effect done without its provider', ({ ledger }) => without(ledger, { id: `ch ${declined}` })],
  ['I6', 'an unwanted effect done all the same', ({ runtimes }) => Object.assign(runtimes.payments.effects[0]!, { status: 'void' })],

  ['I7', 'a gap', (snapshot) => (recordOf(snapshot, `OrderDispatched ${dispatched}`).headers[HEADERS.sequence] = '3')],
  ['I7', 'two events in the wrong order', ({ records }) => records.unshift(...records.splice(3, 1))],
  ['I7', 'another partition', ({ records }) => Object.assign(records[0]!, { partition: records[0]!.partition + 1 })],
  ['I7', 'an event counted and not told', ({ runtimes }) => Object.assign(runtimes.orders.streams[0]!, { sequence: 2 })],

  ['I8', 'a dead letter nobody planted', ({ runtimes }) => runtimes.email.letters.push(letter())],
  [
    'I8',
    'a planted fault without a letter',
    ({ planted }) => Object.assign(planted, { deadLetters: [{ consumer: 'email', code: 'HANDLER', orderId: dispatched }] }),
  ],
  ['I8', 'an order parked behind nothing', ({ runtimes }) => Object.assign(runtimes.orders.streams[0]!, { parked: true })],
  ['I8', 'a row that Kafka refused', ({ runtimes }) => Object.assign(runtimes.orders.outbox[0]!, { parked: true })],
  ['I8', 'a letter that did not go out', (snapshot) => plantLetter(snapshot).records.pop()],

  ['I9', 'a cause that does not exist', ({ records }) => (records[1]!.headers[HEADERS.causationId] = 'nothing')],
  ['I9', 'no cause at all', ({ records }) => delete records[1]!.headers[HEADERS.causationId]],
  ['I9', 'another journey', ({ records }) => (records[1]!.headers[HEADERS.correlationId] = 'journey of another')],
]

function copy(records: MutableSnapshot['records'], id: string, newId: string) {
  const original = structuredClone(records.find(({ headers }) => headers[HEADERS.id] === id)!)
  return { ...original, offset: newId, headers: { ...original.headers, [HEADERS.id]: newId } }
}

function plantLetter(snapshot: MutableSnapshot) {
  const { runtimes, planted, records } = snapshot
  runtimes.email.letters.push(letter())
  runtimes.email.outbox.push(letterSent)
  planted.deadLetters = [{ consumer: 'email', code: 'HANDLER', orderId: dispatched }]
  records.push(dlqRecord)
  return snapshot
}

describe('the invariants, over everything there is', () => {
  it('find nothing in a healthy system', () => {
    expect(checkSnapshot(healthySnapshot())).toEqual([])
  })

  it.each(mutants)('%s catches %s', (invariant, _what, mutate) => {
    const snapshot = healthySnapshot()
    mutate(snapshot)
    expect(checkSnapshot(snapshot)).toContainEqual(expect.objectContaining({ invariant }))
  })

  it('each have a mutant', () => {
    const caught = new Set(mutants.map(([invariant]) => invariant))
    expect([...caught]).toEqual(['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9'])
  })
})

describe('the invariants, where something went wrong on purpose', () => {
  it('take a repeated record for a duplicate, which the inbox absorbs', () => {
    const snapshot = healthySnapshot()
    snapshot.records.push({ ...snapshot.records[0]!, offset: 'a later one' })
    expect(checkSnapshot(snapshot)).toEqual([])
  })

  it('allow a repeated mail after a second attempt', () => {
    const snapshot = healthySnapshot()
    snapshot.mailbox.push(snapshot.mailbox[0]!)
    snapshot.runtimes.email.effects[0]!.attempts = 2
    expect(checkSnapshot(snapshot)).toEqual([])
  })

  it('leave out records that a test wrote', () => {
    const snapshot = healthySnapshot()
    const forged = { ...snapshot.records[0]!, offset: 'forged', headers: {}, value: 'not even JSON' }
    snapshot.records.push(forged)
    snapshot.planted.records = [forged]
    expect(checkSnapshot(snapshot)).toEqual([])
  })

  it('know the letters that a test caused', () => {
    const snapshot = healthySnapshot()
    plantLetter(snapshot)
    expect(checkSnapshot(snapshot)).toEqual([])
  })

  it('expect no mail of an order that was discarded for email', () => {
    const snapshot = healthySnapshot()
    plantLetter(snapshot)
    Object.assign(snapshot.runtimes.email.letters[0]!, { outcome: 'discarded' })
    const isOther = ({ orderId }: { orderId?: string }) => orderId !== dispatched
    snapshot.mails = snapshot.mails.filter(isOther)
    snapshot.mailbox = snapshot.mailbox.filter(isOther)
    snapshot.runtimes.email.effects = snapshot.runtimes.email.effects.filter(isOther)
    expect(checkSnapshot(snapshot)).toEqual([])
  })

  it('believe the database where nobody says what was asked for', () => {
    expect(checkSnapshot({ ...healthySnapshot(), planted: {}, catalogue: undefined })).toEqual([])
  })
})

describe('a replay, when it is compared (I10)', () => {
  const world = (rows: string[]) => new Map([['payments.payments', rows]])

  it('is silent about equal tables, in any order', () => {
    expect(differences(world(['a', 'b']), world(['b', 'a']))).toEqual([])
  })

  it.each([
    ['a row that came', ['a', 'b', 'c']],
    ['a row that went', ['a']],
    ['a row that changed', ['a', 'x']],
    ['the same row twice', ['a', 'b', 'b']],
  ])('tells %s', (_what, after) => {
    expect(differences(world(['a', 'b']), world(after))[0]).toMatchObject({ invariant: 'I10', subject: 'payments.payments' })
  })
})
