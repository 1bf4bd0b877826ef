import { readFile } from 'node:fs/promises'
import { Sku } from '@quadrille/contracts'
import { z } from 'zod'

const Catalogue = z.array(z.object({ sku: Sku, stock: z.int().nonnegative() })).min(1)

/** What the shop starts with, from the file that orders reads its products from. */
export const readCatalogue = async (path: string) => Catalogue.parse(JSON.parse(await readFile(path, 'utf8')))
