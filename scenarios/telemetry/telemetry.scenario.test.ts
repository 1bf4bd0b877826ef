import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { type ServiceName, serviceNames, waitFor, withClient } from '@quadrille/testing'
import type { Environment, ProcessName } from '../stack/processes.ts'
import type { Wish } from '../stack/shop.ts'
import { type Stack, startStack } from '../stack/stack.ts'
import { forgedHeaders } from '../stack/witnesses.ts'
import { canary, singing } from './canaries.ts'
import { documented, exposed } from './exposition.ts'
import { type OtlpCollector, type Span, startOtlpCollector } from './otlp-collector.ts'
import { countOf, expectOnePicture, isNamed, isOutcome, spansOfOrder, waterfall } from './waterfall.ts'

jest.setTimeout(120_000)

let collector: OtlpCollector
let stack: Stack
let shop: Stack['shop']
const lines: string[] = []

beforeAll(async () => {
  collector = await startOtlpCollector()
  const told = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100', LOG_LEVEL: 'debug' }
  const env = Object.fromEntries(serviceNames.map((name) => [name, told])) as Partial<Record<ProcessName, Environment>>
  stack = await startStack({ env, onLine: (line) => lines.push(line) })
  shop = stack.shop
  await stack.turn('psp', { accept: [canary.token] })
})
afterAll(async () => {
  await stack?.close()
  await collector?.close()
})

const place = (wish: Wish = {}) => shop.place({ customer: canary.customer, token: canary.token, ends: 'dispatched', ...wish })
const sql = (service: ServiceName, text: string) => withClient(stack.targets.databases[service], (client) => client.query(text))
const logged = (word: string) => lines.filter((line) => line.startsWith('{') && line.includes(word)).map((line) => JSON.parse(line))

/** The spans of an order, once those that are asked for are there. */
const spansOf = (orderId: string, complete: (spans: readonly Span[]) => boolean) =>
  waitFor(
    () => {
      const spans = spansOfOrder(collector.spans(), orderId)
      return complete(spans) && spans
    },
    { deadline: 30_000, what: 'the spans', diagnose: () => waterfall(spansOfOrder(collector.spans(), orderId)).join('\n') },
  )
const over = (spans: readonly Span[]) =>
  countOf(spans, 'create email.v1', 'EmailSent') === 2 && countOf(spans, 'process warehouse.v1', 'OrderDispatched') === 2

describe('an order, as a trace', () => {
  it('is one picture, from its request to the last mail', async () => {
    const spans = await spansOf(await place(), over)
    expectOnePicture(spans)
    expect(spans.filter(isNamed('perform send-mail'))).toHaveLength(2)
    expect(collector.spans().filter(isNamed('GET /readyz'))).toEqual([])
    for (const { links } of spans.filter(isNamed('send ')))
      expect(collector.spans().find(({ spanId }) => spanId === links[0]?.spanId)?.name).toBe('send batch')
  })

  it('stays one when its first event is sent again by another process: two sends, and duplicates that say so', async () => {
    await sql('orders', HOLD_MARKS)
    const orderId = await place()
    await spansOf(orderId, (spans) => over(spans) && countOf(spans, 'send orders.v1') === 1)
    await stack.kill('orders')
    await sql('orders', 'drop trigger hold_marks on outbox')
    await stack.start('orders')
    const again = (spans: readonly Span[]) => spans.filter(isNamed('process orders.v1')).filter(isOutcome('duplicate'))
    const spans = await spansOf(orderId, (all) => again(all).length === 4 && countOf(all, 'send orders.v1') === 2)
    expectOnePicture(spans)
    expect(new Set(again(spans).map(({ service }) => service)).size).toBe(4)
  })

  // The relay has its acknowledgement, but nothing it sent is ever marked.
  const HOLD_MARKS = `
    create function hold_marks() returns trigger language plpgsql as $$ begin raise exception using errcode = '55P03'; end $$;
    create trigger hold_marks before update of published_at on outbox for each row execute function hold_marks()`

  it('goes on after its dead letter is redriven, and the log of that letter names it', async () => {
    await stack.stop('warehouse')
    const orderId = await place()
    stack.expectLetters({ consumer: 'warehouse', code: 'HANDLER', orderId })
    await stack.start('warehouse', { FAIL_HANDLER: `OrderPlaced:${orderId}` })
    const letter = await shop.letterAt('warehouse', 'HANDLER', orderId)
    await stack.stop('warehouse')
    await stack.start('warehouse')
    await shop.redrive('warehouse', letter.id)
    const spans = await spansOf(orderId, over)
    expectOnePicture(spans)
    const [died, passed] = spans.filter(isNamed('process orders.v1')).filter(({ service }) => service === 'warehouse')
    expect(died).toMatchObject({ failed: true, attributes: { 'quadrille.outcome': 'dead letter', 'error.type': 'HANDLER' } })
    expect(passed).toMatchObject({ failed: false, parentId: died?.parentId, attributes: { 'quadrille.outcome': 'redriven' } })
    const line = logged('dead letter').find((one) => one.orderId === orderId)
    expect(line).toMatchObject({ trace_id: died?.traceId, correlationId: expect.any(String), code: 'HANDLER' })
  })
})

describe('a collector', () => {
  it.each(['failing', 'hanging', 'gone'] as const)('that is %s costs no order anything, and no clean exit', async (mood) => {
    await collector.turn(mood)
    await shop.until(await place(), 'dispatched')
    const late = setTimeout(() => stack.signal('payments', 'SIGKILL'), 10_000)
    stack.signal('payments', 'SIGTERM')
    expect(await stack.ended('payments')).toEqual({ code: 0, signal: null })
    clearTimeout(late)
    await stack.start('payments')
    await collector.turn('willing')
  })
})

describe('what is personal', () => {
  const readers = ['orders', 'warehouse', 'loyalty', 'email'] as const
  let refused: string
  let broken: string

  it('is not told by refused requests, declined cards, broken events, refused effects or mails that cannot be sent', async () => {
    expect(await shop.post({ customer: 'Canary, Ada' })).toMatchObject({ status: 400 })
    await shop.until(await place({ token: 'tok_declined', ends: 'payment_failed' }), 'payment_failed')
    broken = await place()
    await shop.until(broken, 'dispatched')
    await stack.produce('payments.v1', { key: broken, value: JSON.stringify(brokenFact(broken)), headers: forgedHeaders(broken) })
    refused = await place({ token: canary.unknownToken })
    stack.expectLetters({ consumer: 'payments', code: 'EFFECT_REFUSED', orderId: refused })
    stack.expectLetters(...readers.map((consumer) => ({ consumer, code: 'CONTRACT_DATA', orderId: broken })))
    await shop.letterAt('payments', 'EFFECT_REFUSED', refused)
    await Promise.all(readers.map((service) => shop.letterAt(service, 'CONTRACT_DATA', broken)))
    await stack.turn('mail', { down: true })
    await place()
    await waitFor(() => logged('an effect will be tried again').some(({ service }) => service === 'email'), { deadline: 20_000 })
    await stack.turn('mail', { down: false })
    await shop.get('loyalty', `/customers/${canary.customer}/points`)

    const look = () => singing(stack, { lines, bodies: collector.bodies() })
    const { found } = await waitFor(async () => ((await look()).letters === 6 ? look() : undefined), { deadline: 30_000, diagnose: look })
    expect(found).toEqual([])
    expect(lines.length).toBeGreaterThan(100)
  })

  it('is no label of a metric; every metric is documented, and every documented one is there', async () => {
    const [page, ...all] = [await documented(), ...(await Promise.all(serviceNames.map(metricsOf)))]
    const found = new Map(all.flat().map((metric) => [metric.name, metric]))
    expect(page.filter(({ name, always }) => always && !found.has(name))).toEqual([])
    for (const { name, type, labels, values, series } of all.flat()) {
      const [promised] = page.filter((metric) => metric.name === name)
      expect({ name, type, unknown: labels.filter((label) => !promised?.labels.includes(label)) }).toEqual({
        name,
        type: promised?.type,
        unknown: [],
      })
      expect(values.filter((value) => /@|[0-9a-f]{8}-[0-9a-f]{4}|\d{6}/.test(value))).toEqual([])
      expect(series).toBeLessThan(500)
    }
  })

  const metricsOf = async (name: ServiceName) => exposed(await (await fetch(`${stack.urls[name]}/metrics`)).text())
  const brokenFact = (orderId: string) => ({
    orderId,
    amount: 'much',
    customer: { email: `${canary.customer}@example.com` },
    paymentToken: canary.token,
  })

  it('is all that was planted: once repaired, no promise is broken', async () => {
    await stack.turn('psp', { accept: [canary.token, canary.unknownToken] })
    await shop.redrive('payments', (await shop.letterAt('payments', 'EFFECT_REFUSED', refused)).id)
    for (const service of readers) await shop.discard(service, (await shop.letterAt(service, 'CONTRACT_DATA', broken)).id, 'forged')
    expect(await stack.violations()).toEqual([])
  })
})
