import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Wares } from './mix.ts'

interface Product {
  readonly sku: string
  readonly stock: number
}

const catalogueFile = join(import.meta.dirname, '../../../infra/catalogue.json')

/** What the catalogue has in plenty, a little of, and not at all. */
export async function readWares(): Promise<Required<Wares>> {
  const products = JSON.parse(await readFile(catalogueFile, 'utf8')) as Product[]
  const having = (wanted: (stock: number) => boolean) => products.filter(({ stock }) => wanted(stock)).map(({ sku }) => sku)
  const [soldOut, scarce] = [having((stock) => stock === 0)[0]!, having((stock) => stock > 0 && stock < 1_000)[0]!]
  return { ample: having((stock) => stock >= 1_000), soldOut, scarce }
}
