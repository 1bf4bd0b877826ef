import type { ConsumerLog, Instruments } from '@quadrille/messaging'

const nothing = () => undefined
const timed = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', end: nothing }

/** Measures nothing: in virtual time there is nothing to measure. */
export const silentInstruments = {
  process: () => timed,
  create: () => timed,
  effect: () => timed,
  sent: nothing,
  consumed: nothing,
  duplicates: nothing,
  failed: nothing,
  skipped: nothing,
  retried: nothing,
  producerRebuilt: nothing,
  assigned: nothing,
  removed: nothing,
  bounded: (code: string) => code,
  measure: () => nothing,
  gauge: nothing,
} satisfies Instruments

export const silentLog: ConsumerLog = { debug: nothing, info: nothing, warn: nothing, error: nothing }
