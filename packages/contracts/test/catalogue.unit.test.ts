import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { catalogue, contractsByType, dlqTopic, type EventContract, partitionFor, topicOf, topics } from '../src/index.ts'

const listed = Object.entries(catalogue).flatMap(([emitter, contracts]) =>
  Object.entries<EventContract>(contracts).map(([type, contract]) => ({ emitter, type, contract })),
)

describe('the catalogue', () => {
  it('holds the thirteen events, each once and under its own name', () => {
    expect(contractsByType.size).toBe(13)
    expect(listed.map(({ type, contract }) => [type, contract])).toEqual([...contractsByType])
  })

  it.each(listed)('$type says where it goes, and shows an example that is valid to the last field', ({ emitter, type, contract }) => {
    expect({ ...contract }).toMatchObject({ emitter, type, topic: `${emitter}.v1`, ceType: `${type}.v1` })
    expect(contract.schema.parse(contract.example)).toEqual(contract.example)
  })

  it.each(listed)('$type is explained in one paragraph that begins with its emitter', ({ emitter, contract }) => {
    expect(contract.description).toMatch(new RegExp(`^${emitter} emits this (when|once) .{150,}\\.$`, 'i'))
    expect(contract.description).not.toMatch(/\n| {2}/)
  })

  it.each(listed)('$type has a JSON schema, from which documents can be made', ({ contract }) => {
    expect(z.toJSONSchema(contract.schema)).toMatchObject({ type: 'object', required: expect.arrayContaining(['orderId']) })
  })
})

describe('an event, made by calling its contract', () => {
  it('is its type and its data', () => {
    const { StockReserved } = catalogue.warehouse
    expect(StockReserved(StockReserved.example)).toEqual({ type: 'StockReserved', data: StockReserved.example })
  })
})

describe('the topics', () => {
  it('are one per emitter and one of dead letters per consumer, all with twelve partitions', () => {
    const services = ['orders', 'payments', 'warehouse', 'loyalty', 'email'] as const
    expect(topics.map(({ name }) => name)).toEqual([...services.map(topicOf), ...services.map(dlqTopic)])
    expect(new Set(topics.map(({ partitions }) => partitions))).toEqual(new Set([12]))
    expect([...contractsByType.values()].every(({ topic }) => topics.some(({ name }) => name === topic))).toBe(true)
  })

  it('keep events 7 days and dead letters, which may be larger, 30', () => {
    expect(topics[0]).toEqual({ name: 'orders.v1', partitions: 12, retentionMs: 604_800_000 })
    expect(topics.at(-1)).toEqual({ name: 'email.dlq', partitions: 12, retentionMs: 2_592_000_000, maxMessageBytes: 2_097_152 })
  })
})

describe('an order', () => {
  it('is in the same partition whether its key is text or bytes', () => {
    const key = '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e'
    expect(partitionFor(key, 12)).toBe(partitionFor(Buffer.from(key), 12))
  })
})
