import { placeOrders, planOrders, promisedBy, readWares } from '@quadrille/load'
import { type Busy, checkInvariants, describeBusy, type Targets, type Violation, waitUntilQuiet } from '@quadrille/testing'
import type { Wishes } from '../arguments.ts'
import { seconds } from '../checklist.ts'
import { brokersOf, databaseOf, portOf, type Service, type Site, services, urlOf } from '../parts.ts'
import type { Screen } from '../screen.ts'
import { dispatchTimes, duplicatesAbsorbed, knownOrders, readOutcomes } from './outcome.ts'
import { bar, report } from './report.ts'

type Order = Wishes & { readonly orders: number }

/** Places the mix, waits until nothing moves any more, and checks that nothing was lost and nothing happened twice. 1 if anything was. */
export async function runOrders(site: Site, { orders, rate, seed }: Order, screen: Screen): Promise<number> {
  const targets = targetsOf(site)
  const [{ ample, soldOut }, known, absorbed] = await Promise.all([
    readWares(),
    knownOrders(targets.databases.orders),
    duplicatesAbsorbed(urlsOf(site)),
  ])
  // Nothing scarce is ordered: so the end of every order is known.
  const plan = planOrders({ orders, rate, seed, run: Date.now().toString(36), wares: { ample, soldOut } })
  screen.print(`\nPlacing ${orders} orders, ${rate} a second.`)
  const began = performance.now()
  const { placed, refused, unanswered } = await placeOrders({
    shop: urlOf(site.ports.ORDERS_PORT),
    orders: plan,
    onPlaced: progress(screen, orders),
  })
  await quiet(targets, screen)
  screen.print(`Quiet after ${seconds(performance.now() - began)}. Checking the invariants.\n`)

  const outcomes = await readOutcomes(
    targets.databases.orders,
    placed.map(({ orderId }) => orderId),
  )
  const violations = await checkInvariants({ ...targets, planted: { orders: [...known, ...promisedBy(placed)] } })
  const duplicates = Math.max(0, (await duplicatesAbsorbed(urlsOf(site))) - absorbed)
  const notPlaced = [...refused, ...unanswered].map(({ reason }) => reason)
  const findings = {
    placed,
    notPlaced,
    outcomes,
    dispatchTimes: dispatchTimes(placed, outcomes),
    duplicates,
    violations: violations.map(inWords),
  }
  for (const line of [...report(findings), '']) screen.print(line)
  return violations.length > 0 || notPlaced.length > 0 ? 1 : 0
}

const inWords = ({ invariant, subject, problem }: Violation) => `${invariant} ${subject} ${problem}`

const urlsOf = (site: Site) => services.map((service) => urlOf(portOf(site, service)))

function targetsOf(site: Site) {
  const databases = Object.fromEntries(services.map((service) => [service, databaseOf(site, service)])) as Record<Service, string>
  return { databases, brokers: brokersOf(site), pspUrl: urlOf(site.ports.PSP_PORT), mailUrl: urlOf(site.ports.MAIL_PORT) }
}

async function quiet(targets: Targets, screen: Screen): Promise<void> {
  let told = performance.now()
  const onProgress = (busy: Busy) => {
    const line = `  waiting until quiet: ${describeBusy(busy)}`
    screen.show([line])
    if (screen.live || performance.now() - told < 5_000) return
    told = performance.now()
    screen.print(line)
  }
  await waitUntilQuiet(targets, { deadline: 180_000, onProgress })
  screen.show([])
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
