import { randomUUID } from 'node:crypto'
import type { OutboxEvent, OutboxLetter } from '../src/store.ts'

/** An event of the order `key`, as the runtime appends it. */
export function appended(key: string, sequence: number, { topic = 'orders.v1', value = '{}' } = {}): OutboxEvent {
  const id = randomUUID()
  const headers = { ce_id: id, ce_sequence: String(sequence), traceparent: `00-${id.replaceAll('-', '')}-00f067aa0ba902b7-01` }
  return { id, topic, key, sequence, value, headers }
}

export function letter(message: Partial<OutboxLetter['message']>): OutboxLetter {
  return { id: randomUUID(), topic: 'orders.dlq', message: { key: null, value: Buffer.from('poison'), headers: {}, ...message } }
}
