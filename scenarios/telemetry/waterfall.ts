import { expect } from '@jest/globals'
import type { Span } from './otlp-collector.ts'

const KIND = { server: 2, client: 3, producer: 4, consumer: 5 }

/** The spans of one order, wherever they hang: found by the conversation that each names, and by the traces those are part of. */
export function spansOfOrder(spans: readonly Span[], orderId: string): readonly Span[] {
  const own = spans.filter(({ attributes }) => attributes['messaging.message.conversation_id'] === orderId)
  const traces = new Set(own.map(({ traceId }) => traceId))
  return spans.filter(({ traceId }) => traces.has(traceId))
}

export const isNamed =
  (beginning: string) =>
  ({ name }: Span) =>
    name.startsWith(beginning)

export const isOutcome =
  (outcome: string) =>
  ({ attributes }: Span) =>
    attributes['quadrille.outcome'] === outcome

export const countOf = (spans: readonly Span[], name: string, event = '') =>
  spans.filter((span) => span.name === name && typeOf(span).startsWith(event)).length

const typeOf = ({ attributes }: Span) => String(attributes['cloudevents.event_type'] ?? '')
const messageOf = ({ attributes }: Span) => attributes['messaging.message.id']

/** What holds for every order, whatever happened to it. */
export function expectOnePicture(spans: readonly Span[]) {
  const parentOf = ({ parentId }: Span) => spans.find(({ spanId }) => spanId === parentId)
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
  expect(spans.filter((span) => !parentOf(span)).map(({ name, kind }) => ({ name, kind }))).toEqual([
    { name: 'POST /orders', kind: KIND.server },
  ])
  for (const span of spans.filter(isNamed('create '))) expect(parentOf(span)?.name).toMatch(/^(POST|process|perform) /)
  for (const span of spans.filter(({ name }) => /^(process|send) /.test(name))) {
    expect(parentOf(span)).toMatchObject({ kind: KIND.producer, name: expect.stringMatching(/^create /) })
    expect(messageOf(span)).toBe(messageOf(parentOf(span)!))
  }
  for (const { kind, links, traceId, parentId } of spans.filter(isNamed('process ')))
    expect({ kind, links }).toEqual({ kind: KIND.consumer, links: [{ traceId, spanId: parentId }] })
  for (const { kind, links } of spans.filter(isNamed('send ')))
    expect({ kind, links: links.length }).toEqual({ kind: KIND.client, links: 1 })
}

/** A trace as people draw it, a line for each span. */
export function waterfall(spans: readonly Span[], parentId: string | undefined = undefined, depth = 0): string[] {
  const children = spans.filter((span) => span.parentId === parentId)
  return children.flatMap((span) => [lineOf(span, depth), ...waterfall(spans, span.spanId, depth + 1)])
}

function lineOf({ service, name, attributes }: Span, depth: number) {
  const facts = [attributes['cloudevents.event_type'], attributes['quadrille.outcome'], attributes['error.type']]
  return `${'  '.repeat(depth)}${service}: ${[name, ...facts].filter(Boolean).join(' ')}`
}
