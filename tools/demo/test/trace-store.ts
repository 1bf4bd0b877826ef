import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startOtlpCollector } from '../../../scenarios/telemetry/otlp-collector.ts'

/** Takes spans over OTLP, and tells a trace as Jaeger's API does. */
export async function startTraceStore() {
  const collector = await startOtlpCollector()

  function traceOf(id: string) {
    const spans = collector.spans().filter(({ traceId }) => traceId === id)
    const asJaeger = spans.map(({ spanId, parentId, service, name, links }) => ({
      spanID: spanId,
      operationName: name,
      processID: service,
      references: [
        ...(parentId ? [{ refType: 'CHILD_OF', spanID: parentId }] : []),
        ...links.map((link) => ({ refType: 'FOLLOWS_FROM', spanID: link.spanId })),
      ],
    }))
    return { spans: asJaeger, processes: Object.fromEntries(spans.map(({ service }) => [service, { serviceName: service }])) }
  }

  const api = createServer(({ url = '' }, response) => {
    const trace = traceOf(url.split('/').at(-1)!)
    const found = trace.spans.length > 0
    if (url.startsWith('/api/traces/') && !found) response.statusCode = 404
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ data: found ? [trace] : [] }))
  })
  await once(api.listen(0, '127.0.0.1'), 'listening')
  return {
    otlp: collector.url,
    url: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    async close() {
      api.closeAllConnections()
      api.close()
      await collector.close()
    },
  }
}
