import { type ServiceName, serviceNames, waitFor, withClient } from '@quadrille/testing'
import type { LabRow, Trial } from '../row.ts'

const countOrders = ({ stack }: Trial) =>
  withClient(stack.targets.databases.orders, async (client) => {
    const { rows } = await client.query<{ orders: number; events: number }>(
      `select (select count(*)::int from orders) as orders,
              (select count(*)::int from outbox where payload is not null and headers ->> 'ce_type' like 'OrderPlaced%') as events`,
    )
    return rows[0]!
  })

const SESSION_MS = 10_000

const AT_SETS = ['before-commit', 'in-commit', 'after-commit'] as const
const AT_EFFECTS = ['before-perform', 'after-perform'] as const
const WITHOUT_EFFECTS: readonly ServiceName[] = ['orders', 'warehouse']

/** Another one in every round. */
function pointOf(service: ServiceName, turn: number) {
  const points = WITHOUT_EFFECTS.includes(service) ? AT_SETS : [...AT_SETS, ...AT_EFFECTS]
  return points[turn % points.length]!
}

/** Services, killed and frozen around their transactions and effects. */
export const processRows: readonly LabRow[] = [
  {
    row: 1,
    fault: 'API killed before commit',
    promise: "no order, no event; the client's retry makes one",
    by: 'hook `before-commit` in orders',
    ci: true,
    async run(trial) {
      const { stack, die, bit } = trial
      await stack.stop('orders')
      const before = await countOrders(trial)
      await die('orders', 'before-commit:1')
      const after = await countOrders(trial)
      if (JSON.stringify(after) !== JSON.stringify(before)) throw new Error(`a set that died left ${JSON.stringify({ before, after })}`)
      bit('killed before a commit')
      await stack.start('orders')
    },
  },
  {
    row: 2,
    fault: 'API killed after commit, before the reply',
    promise: 'one order; the retry returns it',
    by: 'hook `after-commit` in orders',
    ci: true,
    async run(trial) {
      const { stack, die, bit } = trial
      for (let attempt = 0, left = 0; attempt < 6 && left === 0; attempt += 1) {
        await stack.stop('orders')
        const before = await countOrders(trial)
        await die('orders', 'after-commit:1')
        const after = await countOrders(trial)
        if (after.orders - before.orders !== after.events - before.events) throw new Error('an order without its event')
        left = after.orders - before.orders
        await stack.start('orders')
        bit('orders made whose makers were never answered', left)
      }
    },
  },
  {
    row: 21,
    fault: 'consumer SIGKILL in a handler, before, during and after its commit; effect runner before and after the provider',
    promise: 'effect once',
    by: 'hooks `before-commit`, `in-commit`, `after-commit`, `before-perform`, `after-perform`',
    ci: true,
    async run({ crash, bit, thorough }) {
      for (let round = 0; round < (thorough ? 5 : 2); round += 1) {
        const plan = serviceNames.map((name, place) => [name, pointOf(name, place + round)] as const)
        await Promise.all(plan.map(([name, point]) => crash(point, [name])))
        for (const [, point] of plan) bit(point)
      }
    },
  },
  {
    row: 22,
    fault: 'zombie: frozen in a transaction beyond its session, two owners',
    promise: 'effect once',
    by: 'hooks `before-commit` and `in-commit` with SIGSTOP, a second instance',
    async run({ stack, freeze, load, last, bit }) {
      await stack.start('payments-2')
      for (const point of ['before-commit:3', 'in-commit:3'] as const) {
        await freeze('payments', point)
        await last(1.5 * SESSION_MS)
        await load.more(5)
        stack.signal('payments', 'SIGCONT')
        bit('thawed as a zombie')
        await load.more(5)
      }
      await stack.stop('payments-2')
    },
  },
  {
    row: 23,
    fault: 'rebalance storm, 1 → 4 → 1 instances, twice',
    promise: 'no loss, order per order',
    by: 'more and fewer instances of payments and warehouse, some killed',
    async run({ stack, load, random, bit }) {
      for (let round = 0; round < 2; round += 1) {
        for (const n of [2, 3, 4]) {
          await Promise.all([stack.start(`payments-${n}`), stack.start(`warehouse-${n}`)])
          await load.more(3)
        }
        for (const n of [4, 2, 3]) {
          const leave = random() < 0.3 ? stack.kill : stack.stop
          await Promise.all([leave(`payments-${n}`), leave(`warehouse-${n}`)])
          await load.more(3)
          bit('members came and went', 4)
        }
      }
    },
  },
  {
    row: 41,
    fault: 'SIGTERM deploy of every service in turn, under load',
    promise: 'no request fails beyond the 503 of the drain; no duplicate effect',
    by: 'signal to each service in turn; a prober that counts what it is told',
    ci: true,
    async run({ stack, load, bit }) {
      for (const name of serviceNames) {
        const prober = name === 'orders' ? probe(stack.urls.orders) : undefined
        await stack.stop(name)
        await stack.start(name)
        bit('replaced in order')
        const { broken, refused } = (await prober?.end()) ?? {}
        if (broken && broken.size > 0) throw new Error(`requests failed during a deploy: ${[...broken].join(', ')}`)
        if (refused) bit('sent elsewhere with 503', refused)
        await load.more(3)
      }
    },
  },
]

/**
 * Asks again and again, as behind a load balancer: who was told 503 waits for `/readyz`. Between two processes nobody listens; all else
 * but an answer is a failed request.
 */
function probe(url: string) {
  const broken = new Set<string>()
  let refused = 0
  const ending = new AbortController()
  async function ask() {
    try {
      const { status } = await get('/products')
      if (![200, 503].includes(status)) broken.add(`answered ${status}`)
      if (status === 503) refused += 1
      return status === 200
    } catch (error) {
      const code = (error as { cause?: { code?: string } }).cause?.code
      if (code !== 'ECONNREFUSED') broken.add(String(code ?? error))
      return false
    }
  }
  const get = (path: string) => fetch(`${url}${path}`, { headers: { connection: 'close' } })
  const isReady = () =>
    get('/readyz')
      .then(({ ok }) => ok)
      .catch(() => false)
  const asking = (async () => {
    while (!ending.signal.aborted) {
      if (!(await ask())) await waitFor(() => ending.signal.aborted || isReady(), { deadline: 60_000, what: 'the service to be ready' })
    }
  })()
  return {
    async end() {
      ending.abort()
      await asking
      return { broken, refused }
    },
  }
}
