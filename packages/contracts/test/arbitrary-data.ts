import fc from 'fast-check'
import { z } from 'zod'
import { Currency } from '../src/index.ts'

/** Any data that a contract's schema admits. */
export function arbitraryData(schema: unknown): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodObject) return fc.record(arbitraryFields(schema.shape))
  if (schema instanceof z.ZodOptional) return fc.option(arbitraryData(schema.unwrap()), { nil: undefined })
  if (schema instanceof z.ZodArray) return fc.array(arbitraryData(schema.element), { minLength: 1, maxLength: 50 })
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options)
  if (schema instanceof z.ZodNumber) return fc.integer({ min: Number(schema.minValue), max: Number(schema.maxValue) })
  if (schema instanceof z.ZodUUID) return fc.uuid({ version: [4, 7] })
  if (schema === Currency) return fc.stringMatching(/^[A-Z]{3}$/)
  if (schema instanceof z.ZodEmail) return fc.emailAddress().filter((text) => schema.safeParse(text).success)
  if (schema instanceof z.ZodString) return fc.string({ unit: 'binary', minLength: 1 }).filter((text) => schema.safeParse(text).success)
  throw new Error('a contract uses a kind of schema that no test can make data for yet')
}

const arbitraryFields = (shape: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, arbitraryData(field)]))
