import { type logCreator, logLevel } from 'kafkajs'

/** The part of pino's logger that is used here. */
export interface KafkaLog {
  debug(fields: object, message: string): void
}

export const quietLevel = logLevel.WARN

/**
 * kafkajs logs at error level whatever it then retries, a coordinator that still loads among them. All that matters
 * comes back as a rejection or a crash and is logged where it is decided upon, so its own lines are for debugging.
 */
export const logsTo =
  (log: KafkaLog): logCreator =>
  () =>
  ({ namespace, log: { message, logger: _, timestamp: __, ...fields } }) =>
    log.debug({ ...fields, kafkajs: namespace }, message)
