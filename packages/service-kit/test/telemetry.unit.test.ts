import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { type Context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { createTelemetry, samplerOf, type samplers } from '../src/telemetry.ts'

const parent = (traceFlags: TraceFlags): Context =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags,
    isRemote: true,
  })

/** Whether a trace is recorded that begins here, that came sampled, that came unsampled. */
function records(name: (typeof samplers)[number], ratio?: number) {
  const tracer = new TracerProvider({ sampler: samplerOf(name, ratio) }).getTracer('test')
  const contexts = [ROOT_CONTEXT, parent(TraceFlags.SAMPLED), parent(TraceFlags.NONE)]
  return contexts.map((context) => tracer.startSpan('one', {}, context).isRecording())
}

describe('the sampler', () => {
  it.each([
    ['always_on', 1, [true, true, true]],
    ['always_off', 1, [false, false, false]],
    ['traceidratio', 0, [false, false, false]],
    ['traceidratio', 1, [true, true, true]],
    ['parentbased_always_on', 1, [true, true, false]],
    ['parentbased_always_off', 1, [false, true, false]],
    ['parentbased_traceidratio', 0, [false, true, false]],
    ['parentbased_traceidratio', 1, [true, true, false]],
  ] as const)('%s with %d records what begins here, what came sampled, what came unsampled: %j', (name, ratio, expected) => {
    expect(records(name, ratio)).toEqual(expected)
  })

  it('records about as many as the ratio says', () => {
    const tracer = new TracerProvider({ sampler: samplerOf('parentbased_traceidratio', 0.1) }).getTracer('test')
    const recorded = Array.from({ length: 2_000 }, () => tracer.startSpan('one', {}, ROOT_CONTEXT)).filter((span) => span.isRecording())
    expect(recorded.length).toBeGreaterThan(100)
    expect(recorded.length).toBeLessThan(300)
  })
})

describe('metrics', () => {
  it.each([
    [true, ['/v1/metrics', '/v1/traces']],
    [false, ['/v1/traces']],
  ])('are sent to an endpoint that takes them: %j', async (sendsMetrics, expected) => {
    const asked = new Set<string>()
    const server = createServer((request, response) => {
      asked.add(request.url ?? '')
      request.resume()
      response.end('{}')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const telemetry = createTelemetry({ service: 'sample', endpoint, sendsMetrics, sampler: 'always_on' })
    telemetry.meter.createCounter('things').add(1)
    telemetry.tracer.startSpan('one').end()
    await telemetry.stop().finally(() => server.close().closeAllConnections())
    expect([...asked].sort()).toEqual(expected)
  })
})
