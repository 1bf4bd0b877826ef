import { createHash } from 'node:crypto'
import { Campaign, Email, Sku } from '@quadrille/contracts'
import { uuidv7 } from '@quadrille/messaging'
import { z } from 'zod'
import { scopedKey } from './idempotency.ts'
import type { PlaceOrder } from './order.ts'
import type { Products } from './products.ts'

const MOST_UNITS = 1_000

const Line = z.strictObject({ sku: Sku, quantity: z.int().min(1).max(MOST_UNITS) })
type Lines = z.output<typeof Line>[]

/** What a customer may ask for. Strict: a price or a total that the client sends is refused, not ignored. */
export const orderRequest = (products: Products) =>
  z
    .strictObject({
      customer: z.strictObject({ id: z.string().regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, _ . or -'), email: Email }),
      items: z.array(Line).min(1).max(50).superRefine(sellable(products)),
      paymentToken: z
        .string()
        .max(64)
        .regex(/^tok_[a-z0-9_]+$/, 'must look like tok_ok'),
      campaign: Campaign.optional(),
    })
    .meta({ id: 'OrderRequest' })
export type OrderRequest = z.output<ReturnType<typeof orderRequest>>

/** Names the line that is at fault, and once only. */
const sellable = (products: Products) => (lines: Lines, check: z.RefinementCtx) => {
  const units = new Map<string, number>()
  for (const [index, { sku, quantity }] of lines.entries()) {
    units.set(sku, (units.get(sku) ?? 0) + quantity)
    if (!products.has(sku)) check.addIssue({ code: 'custom', path: [index, 'sku'], message: 'is not in the catalogue' })
    else if (units.get(sku)! > MOST_UNITS)
      check.addIssue({ code: 'custom', path: [index, 'quantity'], message: `makes more than ${MOST_UNITS} units of one SKU` })
  }
  const known = [...units].filter(([sku]) => products.has(sku))
  if (!Number.isSafeInteger(known.reduce((total, [sku, quantity]) => total + quantity * products.get(sku)!.price, 0)))
    check.addIssue({ code: 'custom', path: [], message: 'cost too much for one order' })
}

/** The order as it will be: lines of one SKU added up, prices ours, ids new. */
export function asCommand(products: Products, request: OrderRequest, key?: string): PlaceOrder {
  const items = priced(products, request.items)
  return {
    ...request,
    orderId: uuidv7(),
    correlationId: uuidv7(),
    items,
    total: items.reduce((total, { price, quantity }) => total + price * quantity, 0),
    currency: products.get(items[0]!.sku)!.currency,
    ...(key !== undefined && { idempotency: { key: scopedKey(request.customer.id, key), fingerprint: fingerprintOf(request) } }),
  }
}

export function priced(products: Products, lines: Lines): PlaceOrder['items'] {
  const units = new Map<string, number>()
  for (const { sku, quantity } of lines) units.set(sku, (units.get(sku) ?? 0) + quantity)
  return [...units].map(([sku, quantity]) => {
    const { name, price } = products.get(sku)!
    return { sku, name, quantity, price }
  })
}

/** Of what was understood: zod gives the fields in its own order, so spelling does not matter. */
const fingerprintOf = (request: OrderRequest) => createHash('sha256').update(JSON.stringify(request)).digest('hex')
