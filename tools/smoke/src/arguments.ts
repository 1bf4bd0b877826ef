import { parsed, whole } from '@quadrille/demo/arguments'
import type { Wish } from './smoke.ts'

export const help = `Is all well? Places an order of every flavour in a running system, demo or compose, and looks at what becomes of each.

  npx -y pnpm@12 smoke                     checks what is there
  npx -y pnpm@12 smoke --all               Prometheus, Grafana and the traces must be there too
  npx -y pnpm@12 smoke --orders 800        also a stream of orders, during which anything may be broken

  --all        what is skipped otherwise, since nobody answers, fails
  --orders N   further orders: most are paid, some declined, out of stock, cancelled (0)
  --rate N     of them a second (5)
  --seed N     another mix (any; the seed is printed)
  -h, --help

Checked: every order's end, the timeline of a paid one, mails, lag, and that orders and the console tell their metrics.
Where they answer: Prometheus (has it scraped all of it?), Grafana (are the dashboards there?), the trace store (is an order one tree?).

Variables that say where: ORDERS_URL CONSOLE_URL MAIL_URL PROMETHEUS_URL GRAFANA_URL TRACES_URL, or only the port, as the demo has it:
  ORDERS_PORT 3001   CONSOLE_PORT 3000   MAIL_PORT 8025   PROMETHEUS_PORT 9090   GRAFANA_PORT 3030
One of the last three that is named by its URL must answer. TRACES_URL is a Jaeger API; without it, traces are asked through Grafana.

Exit codes: 0 well · 1 a check failed · 2 used wrongly.`

const options = {
  help: { type: 'boolean', short: 'h', default: false },
  all: { type: 'boolean', default: false },
  orders: { type: 'string', default: '0' },
  rate: { type: 'string', default: '5' },
  seed: { type: 'string' },
} as const

/** What is wished for; `help` where it is asked for. */
export function readArguments(args: readonly string[], anySeed: () => number): Wish | 'help' {
  const { help: helpWanted, all, ...values } = parsed(args, options)
  if (helpWanted) return 'help'
  const orders = whole('orders', values.orders, 0, 100_000)
  const rate = whole('rate', values.rate, 1, 1_000)
  const seed = values.seed === undefined ? anySeed() : whole('seed', values.seed, 1, 2 ** 31)
  return { all, ...(orders > 0 && { stream: { orders, rate, seed } }) }
}
