import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Currency, ProductName, Sku } from '@quadrille/contracts'
import { z } from 'zod'

const Product = z.object({ sku: Sku, name: ProductName, price: z.int().positive(), currency: Currency })

// One currency, or a total over several products would mean nothing.
const Catalogue = z
  .array(Product)
  .min(1)
  .refine((products) => new Set(products.map(({ sku }) => sku)).size === products.length, 'a SKU is listed twice')
  .refine((products) => new Set(products.map(({ currency }) => currency)).size === 1, 'the prices are in several currencies')

export type Product = z.output<typeof Product>
/** By SKU, in catalogue order. */
export type Products = ReadonlyMap<string, Product>

export const usualCatalogue = join(import.meta.dirname, '../../../infra/catalogue.json')

export function readProducts(path: string): Products {
  const products = Catalogue.parse(JSON.parse(readFileSync(path, 'utf8')))
  return new Map(products.map((product) => [product.sku, product]))
}
