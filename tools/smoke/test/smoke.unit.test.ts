import { describe, expect, it } from '@jest/globals'
import { endsOf, planOrders } from '@quadrille/load'
import { help, readArguments } from '../src/arguments.ts'
import { orderEachFlavour } from '../src/flavours.ts'
import { mailsWrong, missingSeries, readTraceparent, stillBehind, type Trace, traceWrong } from '../src/judge.ts'
import { readAddresses, smoke, verdict } from '../src/smoke.ts'

describe('the smoke check, in its addresses', () => {
  it('asks where the demo and compose listen, and where it is told', () => {
    const usual = readAddresses({})
    expect(usual.orders).toMatchObject({ url: 'http://127.0.0.1:3001', chosen: false })
    expect(usual.traces.url).toBe('http://127.0.0.1:3030/api/datasources/proxy/uid/traces')
    const moved = readAddresses({ ORDERS_URL: 'http://shop:80/', MAIL_PORT: '9025', GRAFANA_PORT: '1' })
    expect(moved.orders).toMatchObject({ url: 'http://shop:80', chosen: true })
    expect(moved.mail).toMatchObject({ url: 'http://127.0.0.1:9025', chosen: false })
    expect(moved.traces.url).toBe('http://127.0.0.1:1/api/datasources/proxy/uid/traces')
  })

  it('says in one line what to do where nobody listens', async () => {
    const said: string[] = []
    expect(await smoke(readAddresses({ ORDERS_URL: 'http://127.0.0.1:1' }), (line) => said.push(line))).toEqual({
      well: 0,
      failed: 1,
      skipped: 0,
    })
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(
      /✖ reachable .* nothing listens at http:\/\/127\.0\.0\.1:1 \(orders\): start it with .*demo.*compose.*set ORDERS_URL$/,
    )
  })
})

describe('the smoke check, in its arguments', () => {
  const read = (...args: string[]) => readArguments(args, () => 42)

  it('are a stream with a seed that can be given again, and nothing where none is asked for', () => {
    expect(read()).toEqual({ all: false })
    expect(read('--orders', '800', '--all')).toEqual({ all: true, stream: { orders: 800, rate: 5, seed: 42 } })
    expect(read('--orders=9', '--rate=3', '--seed=7')).toEqual({ all: false, stream: { orders: 9, rate: 3, seed: 7 } })
    expect(read('-h', '--orders', 'many')).toBe('help')
  })

  it.each([
    [['--orders', 'many'], '--orders must be a whole number from 0 to 100000, not "many"'],
    [['--rate', '0'], '--rate must be a whole number from 1 to 1000, not "0"'],
    [['--odrers', '3'], "Unknown option '--odrers': see --help"],
    [['now'], "Unexpected argument 'now'"],
  ])('%j are refused in one line', (args, words) => expect(() => read(...args)).toThrow(words))

  it('names every variable that moves an address', () => {
    for (const { variable } of Object.values(readAddresses({}))) expect(help).toContain(variable)
  })
})

describe('the smoke check, in its last line', () => {
  it('counts what passed, failed, and was not there', () => {
    expect(verdict({ well: 7, failed: 0, skipped: 3 })).toBe(
      'All is well. 7 checks passed, 0 failed, 3 skipped: not there (--all: must be).',
    )
    expect(verdict({ well: 9, failed: 1, skipped: 0 })).toBe('Not well. 9 checks passed, 1 failed.')
  })
})

describe('the smoke check, in its orders', () => {
  it('has one of every end, and one that comes twice', () => {
    const orders = orderEachFlavour('r', { ample: ['mug-blue'], soldOut: 'cup-moon' })
    const ends = orders.flatMap(({ fate }) => endsOf({ fate, ...(fate === 'cancelled' && { cancel: 'accepted' as const }) }))
    expect([...new Set(ends)].sort()).toEqual(['cancelled', 'dispatched', 'out_of_stock', 'payment_failed'])
    expect(orders.filter(({ againAfterMs }) => againAfterMs !== undefined)).toHaveLength(1)
    expect(new Set(orders.map(({ key }) => key)).size).toBe(orders.length)
    expect(Object.keys(orders[0]!.body)).toEqual(
      Object.keys(planOrders({ orders: 1, rate: 1, seed: 3, run: 'r', wares }).at(0)!.body).slice(0, 3),
    )
  })
  const wares = { ample: ['mug-blue'], soldOut: 'cup-moon' }
})

describe('the smoke check, in what it finds', () => {
  it('waits for mails that may still come, and sees one too many and one that came twice', () => {
    const paid = ['OrderPlaced', 'PaymentCaptured.v1', 'OrderDispatched']
    const [a, b] = [{ messageId: 'a' }, { messageId: 'b' }]
    expect(mailsWrong(paid, [a])).toBe('1 came of 2: PaymentCaptured, OrderDispatched')
    expect(mailsWrong(paid, [a, b, { messageId: 'c' }])).toBe('3 came of 2: PaymentCaptured, OrderDispatched')
    expect(mailsWrong(paid, [a, b])).toBeUndefined()
    expect(mailsWrong(paid, [a, b, a])).toBe('1 came twice')
  })

  it('sees each group without lag once, whenever that is, and no group that has committed nothing', () => {
    const behind = stillBehind(
      ['orders', 'email', 'loyalty'],
      [
        { group: 'orders', lag: 0 },
        { group: 'email', lag: 3 },
        { group: 'loyalty', lag: 'none yet' },
      ],
    )
    expect(behind).toEqual(['email', 'loyalty'])
    expect(
      stillBehind(behind, [
        { group: 'orders', lag: 9 },
        { group: 'email', lag: 0 },
      ]),
    ).toEqual(['loyalty'])
  })

  it('misses a series that is only part of another name, or a comment', () => {
    const text = '# HELP dlq_depth open letters\ndlq_depth_by_code{code="X"} 1\noutbox_unsent 0\nlag{a="b"} 1'
    expect(missingSeries(text, ['dlq_depth', 'outbox_unsent', 'lag'])).toEqual(['dlq_depth'])
  })

  it('takes a trace for connected only with one beginning and with every service', () => {
    const span = (spanID: string, processID: string, parent?: string): Trace['spans'][number] => ({
      spanID,
      processID,
      operationName: `span ${spanID}`,
      references: parent
        ? [
            { refType: 'CHILD_OF', spanID: parent },
            { refType: 'FOLLOWS_FROM', spanID: 'elsewhere' },
          ]
        : [],
    })
    const processes = { p1: { serviceName: 'orders' }, p2: { serviceName: 'payments' } }
    expect(traceWrong({ spans: [span('a', 'p1'), span('b', 'p2', 'a')], processes }, ['orders', 'payments'])).toBeUndefined()
    expect(traceWrong({ spans: [span('a', 'p1')], processes }, ['orders', 'email'])).toBe('no span of email')
    expect(traceWrong({ spans: [span('a', 'p1'), span('b', 'p2', 'lost')], processes }, [])).toBe('2 beginnings: span a, span b')
  })

  it('knows from the answer whether a trace is recorded', () => {
    expect(readTraceparent('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')).toEqual({
      id: '0af7651916cd43dd8448eb211c80319c',
      sampled: true,
    })
    expect(readTraceparent('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00').sampled).toBe(false)
    expect(readTraceparent().sampled).toBe(false)
  })
})
