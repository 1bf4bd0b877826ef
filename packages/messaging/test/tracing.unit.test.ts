import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { type AnyInput, createCollector, createStamp, type EventInput, uuidv7 } from '../src/index.ts'
import type { Letter } from '../src/input.ts'
import { beginProcessing, endSpans } from '../src/tracing.ts'
import { createRecorder } from './recorder.ts'
import { emptyStore } from './toy/empty-store.ts'
import { placedInput, poison } from './toy/inputs.ts'
import { toy } from './toy/toy.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const creation = `00-${traceId}-b7ad6b7169203331-01`
const unsampled = `00-${traceId}-b7ad6b7169203331-00`

/** A service in memory whose commits fail as told; events with these ids were taken before. */
function serviceWith({ failures = [], taken = [] }: { failures?: unknown[]; taken?: string[] } = {}) {
  const recorder = createRecorder()
  const collector = createCollector({
    service: toy,
    store: emptyStore({ failures, taken }),
    stamp: createStamp(toy, uuidv7, recorder.instruments.create),
    read: () => null,
    newId: uuidv7,
    onCommitted: endSpans,
    onRetry: () => undefined,
    onFatal: (error) => {
      throw error
    },
    pause: async () => undefined,
  })
  const consume = (...inputs: AnyInput[]) =>
    Promise.all(inputs.map((input) => collector.add(beginProcessing(recorder.instruments, input as EventInput))))
  return { ...recorder, recorder, consume }
}

const under = (traceparent: string, input: EventInput): EventInput => ({ ...input, cause: { ...input.cause, traceparent } })
const placed = (campaign?: string) => under(creation, placedInput(randomUUID(), campaign))
const failure = Object.assign(new Error('gone'), { code: '57P01' })

describe('an event, as spans', () => {
  it('is processed under its creation, with a link to it, and what follows is created under that', async () => {
    const { consume, spans } = serviceWith()
    await consume(placed())
    const [created, processed] = spans()
    expect(processed).toMatchObject({ name: 'process orders.v1', parentSpanContext: { traceId, spanId: 'b7ad6b7169203331' } })
    expect(processed?.links).toMatchObject([{ context: { traceId, spanId: 'b7ad6b7169203331' } }])
    expect(created).toMatchObject({ name: 'create payments.v1', parentSpanContext: { spanId: processed?.spanContext().spanId } })
    expect(created?.attributes).toMatchObject({ 'cloudevents.event_type': 'PaymentCaptured', 'messaging.operation.type': 'create' })
  })

  it('is told once, however often its set was rolled back before', async () => {
    const { consume, spans, metric } = serviceWith({ failures: [failure, failure] })
    await consume(placed())
    expect(spans().map(({ name }) => name)).toEqual(['create payments.v1', 'process orders.v1'])
    expect(await metric('event_handling_latency_seconds')).toEqual([{ type: 'OrderPlaced', value: 1 }])
    expect(await metric('messaging.process.duration')).toMatchObject([
      {
        'messaging.operation.name': 'process',
        'messaging.consumer.group.name': 'payments',
        'messaging.destination.name': 'orders.v1',
        value: 1,
      },
    ])
  })

  it('that is redriven says so, and its days among the dead letters are no latency', async () => {
    const { recorder, spans, metric } = serviceWith()
    const step = beginProcessing(recorder.instruments, { ...placed(), letter: {} as Letter })
    endSpans({ folded: { events: [], passed: [step], failed: [], waiting: [] } } as unknown as Parameters<typeof endSpans>[0], [])
    expect(spans().map(({ attributes }) => attributes['quadrille.outcome'])).toEqual(['redriven'])
    expect(await metric('event_handling_latency_seconds')).toEqual([])
    expect(await metric('messaging.process.duration')).toMatchObject([{ value: 1 }])
  })

  it('says what became of it', async () => {
    const repeated = placed()
    const { consume, spans, metric } = serviceWith({ taken: [repeated.id] })
    const broken = placed('throw')
    const behind = under(creation, placedInput(broken.orderId))
    await consume(repeated, broken, behind, { ...poison(null), cause: { traceparent: creation } })
    const told = spans().map(({ attributes, status }) => [attributes['quadrille.outcome'], attributes['error.type'], status.code])
    expect(told.toSorted()).toEqual([
      ['dead letter', 'HANDLER', 2],
      ['dead letter', 'UNDECODABLE', 2],
      ['duplicate', undefined, 0],
      ['waiting', undefined, 0],
    ])
    expect(await metric('event_handling_latency_seconds')).toEqual([])
  })

  it('costs no span where its creation was not sampled, and carries the trace on', async () => {
    const { consume, recorder } = serviceWith()
    const { instruments } = recorder
    await consume(under(unsampled, placedInput(randomUUID())))
    instruments.sent([{ topic: 'orders.v1', traceparent: unsampled, record: { partition: 0, headers: {} } }], 0.01)
    const { traceparent } = instruments.effect('ring', randomUUID(), unsampled)
    expect(traceparent).toMatch(new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)[0-9a-f]{16}-00$`))
    expect(recorder.started).toBe(0)
    expect(await recorder.metric('event_handling_latency_seconds')).toHaveLength(1)
  })
})

describe('a round of the relay, as spans', () => {
  const row = (traceparent: string) => ({ topic: 'orders.v1', traceparent, record: { partition: 3, headers: { ce_id: 'e-1' } } })

  it('has one for each record under its creation, linked to the round that they share', () => {
    const { instruments, spans } = createRecorder()
    instruments.sent([row(creation), row(unsampled), row(creation)], 0.01, 'environment')
    const [one, other, round] = spans()
    expect(spans()).toHaveLength(3)
    expect(one).toMatchObject({ name: 'send orders.v1', parentSpanContext: { spanId: 'b7ad6b7169203331' }, status: { code: 2 } })
    expect(other?.links).toMatchObject([{ context: { spanId: round?.spanContext().spanId } }])
    expect(round).toMatchObject({ name: 'send batch', parentSpanContext: undefined })
    expect(round?.attributes['messaging.batch.message_count']).toBe(3)
  })
})

describe('codes of errors, as labels', () => {
  it('are told together beyond the first twenty, since anybody may make one up', async () => {
    const { instruments, metric } = createRecorder()
    for (let made = 0; made < 40; made += 1) instruments.failed(`MADE_UP_${made}`)
    const codes = (await metric('handler_errors')).filter(({ value }) => value > 0)
    expect(codes).toHaveLength(15)
    expect(codes).toContainEqual({ code: 'OTHER', value: 26 })
  })

  it('are our own always, whatever was made up before', async () => {
    const { instruments, metric } = createRecorder()
    for (let made = 0; made < 40; made += 1) instruments.failed(`MADE_UP_${made}`)
    instruments.failed('HANDLER')
    expect(await metric('handler_errors')).toContainEqual({ code: 'HANDLER', value: 1 })
  })
})
