import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ServiceName, serviceNames, waitUntilQuiet } from '@quadrille/testing'
import type { Stack } from '../../stack/stack.ts'
import type { LabRow } from '../row.ts'

const HOUR_MS = 3_600_000
const skewed: Partial<Record<ServiceName, number>> = { orders: HOUR_MS, payments: -HOUR_MS, loyalty: HOUR_MS, warehouse: -HOUR_MS }

const clockOf = (offMs: number) => ({
  NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, '../skewed-clock.ts')).href}`,
  SKEW_MS: String(offMs),
  LOG_LEVEL: 'info', // with its time in every line
})

async function restart(stack: Stack, name: ServiceName, offMs = 0) {
  await stack.stop(name)
  await stack.start(name, offMs === 0 ? {} : clockOf(offMs))
}

/** What it wrote last, by its own clock. */
function isHoursOff({ complaints }: Stack, name: ServiceName): boolean {
  const [, time] = /.*"time":(\d+)/s.exec(complaints()[name] ?? '') ?? []
  return time !== undefined && Math.abs(Number(time) - Date.now()) > 0.8 * HOUR_MS
}

/** Records that somebody has not read yet. */
async function lagOf({ targets }: Stack): Promise<number> {
  let most = 0
  const onProgress = ({ lag }: { lag: number }) => {
    most = Math.max(most, lag)
  }
  await waitUntilQuiet(targets, { deadline: 5_000, onProgress }).catch(() => undefined)
  return most
}

/** Clocks that are wrong, and consumers that are late. */
export const timeRows: readonly LabRow[] = [
  {
    row: 36,
    fault: 'cancels within the hold; the clocks of four services an hour off, each way',
    promise: "points right; no order by a process's clock",
    by: 'a clock that is injected into the process',
    async run({ stack, load, bit }) {
      const names = serviceNames.filter((name) => skewed[name] !== undefined)
      await Promise.all(names.map((name) => restart(stack, name, skewed[name])))
      await load.more(40)
      for (const name of names) bit(`the clock of ${name} an hour off`, Number(isHoursOff(stack, name)))
      await Promise.all(names.map((name) => restart(stack, name)))
    },
  },
  {
    row: 37,
    fault: 'slow consumer: email reads 5 kB a second, loyalty not at all',
    promise: 'others go on; it catches up; its lag is seen',
    by: 'proxy, and a service that is stopped',
    proofs: [
      { file: 'apps/console/test/lag.unit.test.ts', test: 'in seconds is the age of the oldest unread record, as first seen' },
      { file: 'scenarios/observability/rules.scenario.test.ts', test: 'see every alert fire, and be silent where it nearly would' },
    ],
    async run({ stack, wires, load, calm, bit }) {
      wires['email-kafka'].become({ down: { pieces: { bytes: 256, everyMs: 50 } } })
      await stack.stop('loyalty')
      await load.more(60)
      const orderId = await stack.shop.place({ ends: 'dispatched' })
      await stack.shop.until(orderId, 'dispatched')
      bit('records behind', await lagOf(stack))
      calm()
      await stack.start('loyalty')
    },
  },
]
