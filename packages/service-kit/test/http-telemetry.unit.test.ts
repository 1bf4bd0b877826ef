import { describe, expect, it } from '@jest/globals'
import type { Tracer } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { waitFor } from '@quadrille/testing'
import { createApp } from '../src/http.ts'
import { createTelemetry } from '../src/telemetry.ts'
import { memoryLog } from './fakes.ts'

/** An app whose one route answers when it is told to. */
async function slowApp() {
  const exporter = new InMemorySpanExporter()
  const tracer: Tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('test')
  const { meter, exposition } = createTelemetry({ service: 'sample' })
  const app = await createApp({ service: 'sample', log: memoryLog().log, meter, tracer })
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<string>()
  app.get('/slow', () => {
    asked.resolve()
    return answer.promise
  })
  const counted = async () => /^http_server_request_duration_seconds_count\{.*http_route="\/slow".*\} (\d+)/m.exec(await exposition())?.[1]
  return { app, asked: asked.promise, answer: answer.resolve, spans: () => exporter.getFinishedSpans(), counted }
}

describe('a request, in what it tells', () => {
  it('is told once when it is answered', async () => {
    const { app, answer, spans, counted } = await slowApp()
    answer('at last')
    await app.inject('/slow')
    expect(spans().map(({ name }) => name)).toEqual(['GET /slow'])
    expect(await counted()).toBe('1')
  })

  it('is told once also when its caller has gone before', async () => {
    const { app, asked, answer, spans, counted } = await slowApp()
    const gone = new AbortController()
    const asking = fetch(`${await app.listen({ port: 0 })}/slow`, { signal: gone.signal }).catch((error: Error) => error.name)
    await asked
    gone.abort()
    expect(await asking).toBe('AbortError')
    await waitFor(() => spans().length > 0, { deadline: 5_000, what: 'its span' }).finally(() => answer('too late'))
    await app.close()
    expect(spans().map(({ attributes }) => attributes['http.response.status_code'])).toEqual([499])
    expect(await counted()).toBe('1')
  })
})
