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
