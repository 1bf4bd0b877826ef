import type { AllocationRow, Line, StockRow } from './snapshot.ts'
import { byOrder, type Survey, sum, type Violation } from './survey.ts'

/** I3: on hand + reserved + dispatched = initial + received per SKU, never negative; an order that is not dispatched holds none. */
export function* stockAddsUp(survey: Survey): Iterable<Violation> {
  const held = byOrder(survey.allocations)
  const shelf = survey.stock.flatMap((stock) => shelfProblems(stock, survey))
  const orders = survey.orders.flatMap(({ orderId, status, items }) =>
    holding(status === 'dispatched' ? items : [], held.get(orderId)).map((problem) => ({ subject: orderId, problem })),
  )
  for (const { subject, problem } of [...shelf, ...orders]) yield { invariant: 'I3', subject, problem }
}

function shelfProblems({ sku, onHand, reserved, dispatched, initial, received }: StockRow, { allocations, catalogue }: Survey) {
  const held = (status: AllocationRow['status']) =>
    unitsOf(
      allocations.filter((one) => one.status === status).flatMap((one) => one.items),
      sku,
    )
  const started = catalogue?.find((product) => product.sku === sku)?.stock ?? initial
  const problems = [
    onHand + reserved + dispatched !== initial + received && `${onHand} + ${reserved} + ${dispatched} is not ${initial} + ${received}`,
    Math.min(onHand, reserved, dispatched) < 0 && 'there are less than none',
    held('reserved') !== reserved && `${reserved} are reserved, the orders hold ${held('reserved')}`,
    held('dispatched') !== dispatched && `${dispatched} have left, the orders say ${held('dispatched')}`,
    started !== initial && `began with ${initial}, and the catalogue says ${started}`,
  ]
  return problems.filter((problem) => problem !== false).map((problem) => ({ subject: sku, problem }))
}

function holding(due: readonly Line[], held: AllocationRow | undefined): string[] {
  if (held?.status === 'reserved') return ['still holds units, and has ended']
  const sent = held?.status === 'dispatched' ? held.items : []
  const skus = new Set([...due, ...sent].map(({ sku }) => sku))
  return [...skus]
    .filter((sku) => unitsOf(due, sku) !== unitsOf(sent, sku))
    .map((sku) => `${unitsOf(sent, sku)} of ${sku} left for ${unitsOf(due, sku)}`)
}

const unitsOf = (lines: readonly Line[], sku: string) => sum(lines.filter((line) => line.sku === sku).map(({ quantity }) => quantity))
