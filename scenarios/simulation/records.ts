import { dlqTopic, HEADERS } from '@quadrille/contracts'
import type { Log } from '@quadrille/testing/memory'
import type { Stage } from './stage.ts'

/** An event as it lies in its topic, each delivery counted. */
export interface PublishedEvent {
  readonly id: string
  readonly type: string
  readonly emitter: string
  readonly orderId: string
  readonly sequence: number
  readonly correlationId: string
  readonly causationId: string | undefined
  readonly data: Readonly<Record<string, unknown>>
}

/** Every event of a topic once, in the order of first deliveries. */
export function publishedEvents({ broker }: Stage): PublishedEvent[] {
  const logs = [...broker.logs].filter(({ topic, messages }) => messages.length > 0 && topic.endsWith('.v1'))
  return logs.flatMap(firstDeliveries)
}

function firstDeliveries({ messages }: Log): PublishedEvent[] {
  const seen = new Set<string>()
  const first: PublishedEvent[] = []
  for (const { key, value, headers } of messages) {
    const header = (name: string) => headers[name]?.toString()
    const id = header(HEADERS.id)
    if (id === undefined || seen.has(id)) continue
    seen.add(id)
    first.push({
      id,
      type: header(HEADERS.type)!.replace(/\.v\d+$/, ''),
      emitter: header(HEADERS.source)!.slice(1),
      orderId: key!.toString(),
      sequence: Number(header(HEADERS.sequence)),
      correlationId: header(HEADERS.correlationId)!,
      causationId: header(HEADERS.causationId),
      data: JSON.parse(value!.toString()),
    })
  }
  return first
}

/** The ids of the letters in a service's topic of dead letters, each delivery counted. */
export const lettersOf = ({ broker }: Stage, service: string): string[] =>
  [...broker.logs]
    .filter(({ topic }) => topic === dlqTopic(service))
    .flatMap(({ messages }) => messages.map(({ headers }) => String(headers['x-dlq-id'])))
