import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { catalogue } from '@quadrille/contracts'
import { type TestDatabase, testDatabase } from '@quadrille/testing'
import { Pool } from 'pg'
import { type AnyInput, type Collector, createCollector } from '../src/index.ts'
import { cancelledInput, messageOf, placedInput, poison, shortInput } from './toy/inputs.ts'
import { migrateToy, toyRunner } from './toy/stack.ts'

describe('sets on PostgreSQL', () => {
  let database: TestDatabase
  let pool: Pool
  const errors: unknown[] = []

  const collector = (): Collector =>
    createCollector({
      ...toyRunner(pool),
      onCommitted: () => undefined,
      onRetry: (error) => errors.push(error),
      onFatal: (error) => errors.push(error),
    })
  const addAll = (to: Collector, inputs: AnyInput[]) => Promise.all(inputs.map((input) => to.add(input)))
  const one = async <T>(text: string, ...values: unknown[]) => (await pool.query(text, values)).rows[0] as T
  const toyOf = (orderId: string) => one<{ count: number; rung: number }>('select * from toys where order_id = $1', orderId)

  beforeAll(async () => {
    database = await testDatabase(migrateToy, 'sets')
    pool = new Pool({ connectionString: database.url, pipeline: true, max: 8 } as never)
  })
  afterAll(async () => {
    expect(errors).toEqual([])
    expect(pool.totalCount - pool.idleCount).toBe(0)
    await pool.end()
    await database.drop()
  })

  it('loses no state when the first events of 1,000 new orders race on two connections', async () => {
    const orders = Array.from({ length: 1_000 }, () => randomUUID())
    const [left, right] = [collector(), collector()]
    const inPieces = async (to: Collector, inputs: AnyInput[]) => {
      for (let at = 0; at < inputs.length; at += 50) await addAll(to, inputs.slice(at, at + 50))
    }
    await Promise.all([
      inPieces(
        left,
        orders.map((id) => placedInput(id)),
      ),
      inPieces(
        right,
        orders.map((id) => shortInput(id)),
      ),
    ])
    const counted = await one(
      'select count(*)::int as orders, sum(count)::int as sum, min(count) as min from toys where order_id = any ($1)',
      orders,
    )
    expect(counted).toEqual({ orders: 1_000, sum: 11_000, min: 11 })
  })

  it('counts an event once, delivered twice in one set, in two, and at once on two connections', async () => {
    const orderId = randomUUID()
    const [left, right] = [collector(), collector()]
    const again = () => placedInput(orderId, undefined, 'the-same-id')
    await Promise.all([addAll(left, [again(), again()]), addAll(right, [again()])])
    await addAll(left, [again()])
    expect(await toyOf(orderId)).toMatchObject({ count: 1 })
    expect(await one('select count(*)::int as events from outbox where key = $1', orderId)).toEqual({ events: 1 })
  })

  it('parks the one order whose data the database refuses, and saves its 49 neighbours', async () => {
    const [guilty, ...innocent] = Array.from({ length: 50 }, () => randomUUID())
    const to = collector()
    // 13 is refused by a check of the table: only the last event of the guilty order makes it
    const inputs = [guilty!, ...innocent].flatMap((id) => [placedInput(id), placedInput(id), shortInput(id)])
    await addAll(to, [
      ...inputs.filter(({ orderId }) => orderId !== guilty),
      ...inputs.filter(({ orderId }) => orderId === guilty),
      placedInput(guilty!),
    ])
    expect(await one('select count(*)::int as saved from toys where order_id = any ($1) and count = 12', innocent)).toEqual({ saved: 49 })
    expect(await toyOf(guilty!)).toBeUndefined()
    expect((await pool.query('select code from parked_events where key = $1 order by seq', [guilty])).rows.map(({ code }) => code)).toEqual(
      ['23514', 'WAITING', 'WAITING', 'WAITING'],
    )
  })

  it('rejects a command the database refuses, and answers its neighbours', async () => {
    const [bad, good] = [randomUUID(), randomUUID()]
    const command = (orderId: string, by: number): AnyInput => ({
      kind: 'command',
      name: 'count',
      orderId,
      command: { orderId, by } as never,
      cause: {},
    })
    const to = collector()
    const answers = await Promise.allSettled([to.add(command(bad, 13)), to.add(command(good, 2))])
    expect(answers).toMatchObject([
      { status: 'rejected', reason: { code: '23514' } },
      { status: 'fulfilled', value: 2 },
    ])
  })

  it('keeps a poison record byte for byte, also NUL bytes and a missing key, and writes its letter', async () => {
    const bytes = Buffer.from([0, 123, 0, 255, 254])
    const record = poison(null, bytes)
    await addAll(collector(), [record, record])
    const { rows } = await pool.query('select * from parked_events where event_id = $1', [record.id])
    expect(rows).toMatchObject([{ key: null, raw_key: null, raw_value: bytes, code: 'UNDECODABLE', attempts: 1 }])
    const letters = await pool.query("select * from outbox where topic = 'payments.dlq' and raw_value = $1", [bytes])
    expect(letters.rows).toMatchObject([{ key: null, sequence: null, raw_key: null }])
  })

  it('redrives an order in order: what passes is closed, it stops at the first that fails again, and twice is harmless', async () => {
    const orderId = randomUUID()
    const to = collector()
    await addAll(to, [placedInput(orderId, 'throw'), shortInput(orderId)])
    await addAll(to, [cancelledInput(orderId)])
    expect(await toyOf(orderId)).toBeUndefined()
    await to.add({ kind: 'redrive', orderId })
    const rows = async () =>
      (await pool.query('select code, attempts, outcome from parked_events where key = $1 order by seq', [orderId])).rows
    expect(await rows()).toMatchObject([{ code: 'HANDLER', attempts: 2, outcome: null }, { code: 'WAITING' }, { code: 'WAITING' }])

    await pool.query(
      `update parked_events set raw_value = convert_to(replace(convert_from(raw_value, 'utf8'), 'throw', 'fixed'), 'utf8') where key = $1`,
      [orderId],
    )
    await Promise.all([to.add({ kind: 'redrive', orderId }), collector().add({ kind: 'redrive', orderId }), to.add(shortInput(orderId))])
    expect(await rows()).toMatchObject(Array(3).fill({ outcome: 'redriven' }))
    expect(await toyOf(orderId)).toMatchObject({ count: 22 })
    expect(await one('select parked, reason from streams where order_id = $1', orderId)).toEqual({ parked: false, reason: null })
    expect(
      await one("select count(*)::int as letters from outbox where topic = 'payments.dlq' and raw_key = $1", Buffer.from(orderId)),
    ).toEqual({ letters: 1 })
  })

  it('discards with a reason; what waited behind then runs, and a replay with the inbox emptied brings nothing back', async () => {
    const orderId = randomUUID()
    const to = collector()
    const [bad, behind] = [poison(orderId), shortInput(orderId)]
    await addAll(to, [bad, behind])
    const { seq } = await one<{ seq: string }>('select seq from parked_events where key = $1 order by seq limit 1', orderId)
    await to.add({ kind: 'redrive', orderId, discard: { letterId: seq, reason: 'lost in a leaky pipe' } })
    expect(await toyOf(orderId)).toMatchObject({ count: 10 })
    await pool.query('delete from processed_events')
    await addAll(to, [bad, behind])
    expect(await toyOf(orderId)).toMatchObject({ count: 10 })
    expect((await pool.query('select outcome, ended_reason from parked_events where key = $1 order by seq', [orderId])).rows).toEqual([
      { outcome: 'discarded', ended_reason: 'lost in a leaky pipe' },
      { outcome: 'redriven', ended_reason: null },
    ])
  })

  it('closes a letter whose type nobody reads any more, so that its order goes on', async () => {
    const orderId = randomUUID()
    const to = collector()
    const ignored = catalogue.warehouse.StockReserved
    const letter = { ...poison(orderId), message: messageOf(ignored, { ...ignored.example, orderId }) }
    await addAll(to, [letter, shortInput(orderId)])
    await to.add({ kind: 'redrive', orderId })
    expect(await toyOf(orderId)).toMatchObject({ count: 10 })
    const { rows } = await pool.query('select ended_reason from parked_events where key = $1 order by seq', [orderId])
    expect(rows).toEqual([{ ended_reason: 'no longer read by this service' }, { ended_reason: null }])
  })
})
