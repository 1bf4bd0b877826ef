import { z } from 'zod'
import type { EventContract } from './define.ts'

/** What stands where a personal value was. */
export const MASK = '***'

/**
 * An event's data for screens, logs and APIs. Shows only what the contract names and does not mark `personal`:
 * a field nobody declared, or a value of another shape, may be personal too.
 */
export const mask = (contract: EventContract, data: unknown): unknown => masked(contract.schema, data)

function masked(schema: unknown, value: unknown): unknown {
  if (value === undefined) return undefined
  if (!(schema instanceof z.ZodType) || schema.meta()?.personal) return MASK
  if (schema instanceof z.ZodOptional) return masked(schema.unwrap(), value)
  if (schema instanceof z.ZodArray) return Array.isArray(value) ? value.map((item) => masked(schema.element, item)) : MASK
  if (schema instanceof z.ZodObject) return isRecord(value) ? maskedFields(schema.shape, value) : MASK
  return typeof value !== 'object' && schema.safeParse(value).success ? value : MASK
}

const maskedFields = (shape: Readonly<Record<string, unknown>>, value: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, masked(Object.hasOwn(shape, name) ? shape[name] : undefined, field)]),
  )

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

// Whole runs, cut in one pass: a pattern with the @ in its middle would try every start of a megabyte without one.
const RUN = /[\w.%+'\\@\x80-\xff-]+/g
const LOOKS_PERSONAL = /@|%40|\\u0040|tok_/i

/**
 * A value that is no JSON, for the same screens. No schema tells what in it is personal, so what looks like an e-mail address or a
 * payment token is hidden, and a string that breaks off, which may be half of one. All else stays byte for byte.
 */
export function maskBytes(bytes: Buffer): Buffer {
  const shown = bytes.toString('latin1').replace(RUN, (run) => (LOOKS_PERSONAL.test(run) ? MASK : run))
  const strings = shown.split('"')
  const breaksOff = strings.length % 2 === 0
  return Buffer.from(breaksOff ? [...strings.slice(0, -1), MASK].join('"') : shown, 'latin1')
}
