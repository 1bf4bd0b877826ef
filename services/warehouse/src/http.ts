import { Sku } from '@quadrille/contracts'
import { notFound, type Routes } from '@quadrille/service-kit'
import { z } from 'zod'

const StockView = z.object({
  sku: Sku,
  onHand: z.int(),
  reserved: z.int(),
  dispatched: z.int(),
  initial: z.int(),
  received: z.int(),
})
type StockView = z.output<typeof StockView>

const COLUMNS = `sku, on_hand as "onHand", reserved, dispatched, initial, received`
const ALL = `select ${COLUMNS} from stock order by position, sku`
const ONE = `select ${COLUMNS} from stock where sku = $1`
// One statement, so that it needs no transaction; it waits for the orders that have the row locked.
const RECEIVE = `update stock set on_hand = on_hand + $2, received = received + $2 where sku = $1 returning ${COLUMNS}`

const params = z.object({ sku: Sku })
const Receipt = z.strictObject({ quantity: z.int().min(1).max(100_000) })

function only(rows: readonly StockView[]): StockView {
  if (!rows[0]) throw notFound('no such SKU')
  return rows[0]
}

export const routes = ((app, { query }) => {
  app.get('/stock', { schema: { summary: 'All stock, in catalogue order', response: { 200: z.array(StockView) } } }, () =>
    query<StockView>(ALL),
  )

  app.get(
    '/stock/:sku',
    { schema: { summary: 'The stock of one SKU', params, response: { 200: StockView } } },
    async ({ params: { sku } }) => only(await query<StockView>(ONE, [sku])),
  )

  app.post(
    '/stock/:sku/receipts',
    { schema: { summary: 'Goods have come in: adds them to what is on hand', params, body: Receipt, response: { 201: StockView } } },
    async ({ params: { sku }, body: { quantity } }, reply) => reply.code(201).send(only(await query<StockView>(RECEIVE, [sku, quantity]))),
  )
}) satisfies Routes
