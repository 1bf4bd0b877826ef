import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkInvariants, waitUntilQuiet } from '@quadrille/testing'
import type { Wishes } from '../arguments.ts'
import { seconds } from '../checklist.ts'
import { brokersOf, databaseOf, portOf, type Site, services, urlOf } from '../parts.ts'
import type { Screen } from '../screen.ts'
import { planOrders } from './mix.ts'
import { dispatchTimes, duplicatesAbsorbed, readOutcomes } from './outcome.ts'
import { type Placement, placeOrders } from './place.ts'
import { bar, report } from './report.ts'

type Order = Wishes & { readonly orders: number }

/** Places the mix, waits until nothing moves any more, and checks that nothing was lost and nothing happened twice. 1 if anything was. */
export async function runOrders(site: Site, { orders, rate, seed }: Order, screen: Screen): Promise<number> {
  const { skus, soldOut } = await catalogue()
  const before = await duplicatesAbsorbed(urlsOf(site))
  const plan = planOrders({ orders, rate, seed, run: Date.now().toString(36), skus, soldOut })
  screen.print(`\nPlacing ${orders} orders, ${rate} a second.`)
  const began = performance.now()
  const placement = await placeOrders({ shop: urlOf(site.ports.ORDERS_PORT), plan, onPlaced: progress(screen, orders) })
  const quietAfter = await quiet(site, screen, began)

  const outcomes = await readOutcomes(
    databaseOf(site, 'orders'),
    placement.placed.map(({ orderId }) => orderId),
  )
  const violations = [...(await checkInvariants(targetsOf(site))).map(String), ...ownViolations(placement)]
  const duplicates = Math.max(0, (await duplicatesAbsorbed(urlsOf(site))) - before)
  const table = report({ placement, outcomes, dispatchTimes: dispatchTimes(placement.placed, outcomes), duplicates, violations })
  for (const line of [`Quiet after ${quietAfter}.`, '', ...table, '']) screen.print(line)
  return violations.length > 0 || placement.refused.length > 0 ? 1 : 0
}

const urlsOf = (site: Site) => services.map((service) => urlOf(portOf(site, service)))

function targetsOf(site: Site) {
  const databases = Object.fromEntries(services.map((service) => [service, databaseOf(site, service)]))
  return { databases, brokers: brokersOf(site), pspUrl: urlOf(site.ports.PSP_PORT), mailUrl: urlOf(site.ports.MAIL_PORT) }
}

/** What only the one who asked can see. */
const ownViolations = ({ doubled }: Placement) => doubled.map((what) => `one Idempotency-Key gave two orders: ${what}`)

async function quiet(site: Site, screen: Screen, began: number): Promise<string> {
  let told = 0
  const onProgress = (waitsFor: string) => {
    screen.show([`  waiting until quiet: ${waitsFor}`])
    if (!screen.live && performance.now() - told > 5_000) {
      told = performance.now()
      screen.print(`  waiting until quiet: ${waitsFor}`)
    }
  }
  await waitUntilQuiet(targetsOf(site), { deadline: 180_000, onProgress })
  screen.show([])
  return seconds(performance.now() - began)
}

/** A bar that grows; without a terminal four lines. */
function progress(screen: Screen, total: number): () => void {
  let done = 0
  return () => {
    done++
    screen.show(done < total ? [bar(done, total)] : [])
    if (done === total || (!screen.live && done % Math.ceil(total / 4) === 0)) screen.print(bar(done, total))
  }
}

interface Product {
  readonly sku: string
  readonly stock: number
}

/** What is ample, and what is sold out: with nothing scarce in between the end of every order is known. */
async function catalogue(): Promise<{ skus: string[]; soldOut: string }> {
  const products = JSON.parse(await readFile(join(import.meta.dirname, '../../../../infra/catalogue.json'), 'utf8')) as Product[]
  const of = (wanted: (stock: number) => boolean) => products.filter(({ stock }) => wanted(stock)).map(({ sku }) => sku)
  return { skus: of((stock) => stock >= 1_000), soldOut: of((stock) => stock === 0)[0]! }
}
