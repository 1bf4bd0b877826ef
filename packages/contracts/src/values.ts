import { z } from 'zod'

// PostgreSQL's text refuses NUL (22021) and its jsonb half a surrogate pair (22P02): a contract that let them through would fail in
// every reader's save instead of here.
const text = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[^\0]*$/, 'holds a NUL character')
    .refine((value) => value.isWellFormed(), 'holds half a character')

/** The order an event is about, and its partition key. Lower case only: another spelling would be another key of the same order. */
export const OrderId = z.uuid().lowercase().brand('OrderId')
export type OrderId = z.output<typeof OrderId>

/** A customer, as the shop knows them; a pseudonym, never an address. */
export const CustomerId = text(64).brand('CustomerId')
export type CustomerId = z.output<typeof CustomerId>

/** A stock keeping unit of the catalogue. */
export const Sku = text(64).brand('Sku')
export type Sku = z.output<typeof Sku>

/** ISO 4217, three capital letters. */
export const Currency = z.string().regex(/^[A-Z]{3}$/)

/** Money in integer minor units (cents), always next to its currency. */
export const Money = z.int().nonnegative()

/** Marks a field that identifies or could charge a person: `mask` hides it on every screen, log and API. */
export const personal = <Schema extends z.ZodType>(schema: Schema): Schema => schema.meta({ personal: true })

export const Email = personal(z.email().max(254))
export const PaymentToken = personal(text(128))
export const Campaign = text(64)
export const ProductName = text(200)
export const Reason = text(200)
export const Reference = text(128)
export const Tracking = text(64)
export const MessageId = text(250)
export const Points = z.int().nonnegative()

/** Units on one order line. */
export const Quantity = z.int().min(1).max(1000)

/** Units of one SKU. Not capped as a line is: lines of the same SKU are added up first. */
export const Units = z.int().min(1)

/** What stock is reserved, sent, released or recalled for an order: each SKU once. */
export const StockLines = z
  .array(z.object({ sku: Sku, quantity: Units }))
  .min(1)
  .max(50)
