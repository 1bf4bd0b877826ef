import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A span as a collector is told it, without what every span has in common. */
export interface Span {
  readonly service: string
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string | undefined
  readonly start: bigint
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly failed: boolean
}

/** How it treats those who send to it; `gone` refuses the connection. */
export type Mood = 'willing' | 'failing' | 'hanging' | 'gone'

/** An OpenTelemetry collector that takes OTLP as JSON over HTTP, and keeps what it was told. */
export interface OtlpCollector {
  readonly url: string
  /** In the order they began. */
  spans(): readonly Span[]
  /** Everything that was sent here, spans and metrics, as it came. */
  bodies(): readonly string[]
  turn(mood: Mood): Promise<void>
  close(): Promise<void>
}

export async function startOtlpCollector(): Promise<OtlpCollector> {
  const bodies: string[] = []
  const spans: Span[] = []
  let mood: Mood = 'willing'
  let server = await listen(0)
  const { port } = server.address() as AddressInfo

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const body = await text(request)
    if (mood === 'hanging') return
    if (mood === 'failing') return void response.writeHead(500).end()
    bodies.push(body)
    if (request.url === '/v1/traces') spans.push(...spansOf(JSON.parse(body)))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }

  async function listen(at: number): Promise<Server> {
    const created = createServer((request, response) => void answer(request, response).catch(() => response.destroy()))
    await once(created.listen(at, '127.0.0.1'), 'listening')
    return created
  }

  async function close() {
    server.closeAllConnections()
    if (server.listening) await once(server.close(), 'close')
  }

  return {
    url: `http://127.0.0.1:${port}`,
    spans: () => spans.toSorted((one, other) => Number(one.start - other.start)),
    bodies: () => bodies,
    async turn(next) {
      mood = next
      if (next === 'gone') await close()
      else if (!server.listening) server = await listen(port)
    },
    close,
  }
}

type Value = { stringValue?: string; intValue?: number | string; doubleValue?: number; boolValue?: boolean }
type Attributes = { key: string; value: Value }[]

interface Exported {
  resourceSpans: {
    resource: { attributes: Attributes }
    scopeSpans: { spans: ExportedSpan[] }[]
  }[]
}

interface ExportedSpan extends Pick<Span, 'traceId' | 'spanId' | 'name' | 'kind'> {
  parentSpanId?: string
  startTimeUnixNano: string
  attributes: Attributes
  links?: Span['links']
  status?: { code?: number }
}

const ERROR = 2

const spansOf = ({ resourceSpans }: Exported): Span[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(read(resource.attributes)['service.name'])
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => spanOf(service, span)))
  })

const spanOf = (service: string, { attributes, links = [], parentSpanId, startTimeUnixNano, status, ...span }: ExportedSpan): Span => ({
  service,
  name: span.name,
  kind: span.kind,
  traceId: span.traceId,
  spanId: span.spanId,
  parentId: parentSpanId || undefined,
  start: BigInt(startTimeUnixNano),
  attributes: read(attributes),
  links: links.map(({ traceId, spanId }) => ({ traceId, spanId })),
  failed: status?.code === ERROR,
})

const read = (attributes: Attributes) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.doubleValue ?? value.boolValue ?? Number(value.intValue)]),
  )
