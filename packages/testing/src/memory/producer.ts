import { type OutgoingRecord, type Producer, SendError } from '@quadrille/messaging'
import type { Faults } from './faults.ts'
import type { Logs } from './log.ts'
import type { Life, Scheduler } from './scheduler.ts'

export interface ProducerOptions {
  readonly scheduler: Scheduler
  readonly faults: Faults
  readonly logs: Logs
  readonly write: (record: OutgoingRecord) => void
}

/**
 * A client that is acknowledged what was written, if nothing happens on the way there or back. After a failure it is no longer to be
 * trusted: as kafkajs 2.2.4 does with `idempotent: true`, it loses a record of the next send that is acknowledged.
 */
export function createProducer({ scheduler, faults, logs, write }: ProducerOptions, life: Life): Producer {
  let open = true
  let distrusted = false

  function reach(records: readonly OutgoingRecord[]) {
    if (!open) throw new SendError('environment', 'the producer is disconnected')
    if (faults.isDown('kafka')) throw new SendError('environment', 'no broker answers')
    for (const { topic, partition } of records) logs.get(topic, partition)
    for (const record of records) logs.check(record)
    if (faults.strikes('send')) breakAmong(records)
    for (const record of distrusted ? records.slice(1) : records) write(record)
    distrusted = false
  }

  /** Each partition is written whole or not at all; which of them, nobody knows. */
  function breakAmong(records: readonly OutgoingRecord[]): never {
    distrusted = true
    const reached = scheduler.chance.below(12)
    for (const record of records) if (record.partition < reached) write(record)
    throw new SendError('environment', 'the connection broke')
  }

  return {
    async send(records) {
      await scheduler.step(life)
      reach(records)
      await scheduler.step(life)
      if (!faults.strikes('acknowledgement')) return
      distrusted = true
      throw new SendError('environment', 'no answer in time')
    },
    async disconnect() {
      open = false
    },
  }
}
