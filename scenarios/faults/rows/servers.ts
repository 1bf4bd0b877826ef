import { serviceNames, waitFor, withClient } from '@quadrille/testing'
import { canMount } from '../disks.ts'
import type { LabRow, Trial } from '../row.ts'

const DRAINED_WITHIN_MS = 30_000

/** Every outbox is empty but for what has just come. */
async function drained({ stack }: Trial) {
  const oldest = (name: (typeof serviceNames)[number]) =>
    withClient(stack.targets.databases[name], async (client) => {
      const { rows } = await client.query<{ age: number }>(
        `select coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as age from outbox where published_at is null`,
      )
      return rows[0]!.age
    })
  const ages = () => Promise.all(serviceNames.map(oldest))
  const young = async () => Math.max(...(await ages())) < 5
  await waitFor(young, { deadline: DRAINED_WITHIN_MS, every: 200, what: 'the outboxes to drain', diagnose: ages })
}

/** Kafka and PostgreSQL, killed, frozen and started again. */
export const serverRows: readonly LabRow[] = [
  {
    row: 12,
    fault: 'Kafka down for 60 s',
    promise: 'POST stays 201; drained within 30 s after; nothing dead-lettered',
    by: 'SIGKILL to the broker',
    async run(trial) {
      const { kafka, load, last, bit } = trial
      await kafka.kill()
      const since = performance.now()
      await load.more(50, 30_000)
      bit('orders taken without Kafka', 50)
      await last(60_000 - (performance.now() - since))
      await kafka.start()
      await drained(trial)
    },
  },
  {
    row: 13,
    fault: 'broker SIGSTOP for 20 s',
    promise: 'as for row 12',
    by: 'SIGSTOP to the broker',
    async run(trial) {
      const { kafka, load, last, bit } = trial
      await kafka.freeze()
      const since = performance.now()
      await load.more(20, 20_000)
      bit('orders taken while Kafka was frozen', 20)
      await last(20_000 - (performance.now() - since))
      await kafka.thaw()
      await drained(trial)
    },
  },
  {
    row: 14,
    fault: 'broker SIGKILL, five times under load',
    promise: 'what was acknowledged is delivered',
    by: 'SIGKILL to the broker',
    async run(trial) {
      const { kafka, load, bit } = trial
      for (let round = 0; round < 5; round += 1) {
        await kafka.kill()
        await load.more(3)
        await kafka.start()
        await load.more(10)
        bit('killed')
      }
      await drained(trial)
    },
  },
  {
    row: 16,
    fault: 'PostgreSQL restarted: fast, immediate and killed',
    promise: 'no half order; pools reconnect',
    by: 'SIGINT, SIGQUIT and SIGKILL to the server',
    ci: true,
    async run({ postgres, load, last, bit }) {
      for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
        await postgres.stop(signal)
        await last(1_000)
        await postgres.start()
        bit(`restarted after ${signal}`)
        await load.more(10)
      }
    },
  },
  {
    row: 17,
    fault: 'PostgreSQL SIGSTOP for 20 s',
    promise: '503 within the deadline; no duplicate effect',
    by: 'SIGSTOP to the server and its backends',
    async run({ stack, postgres, last, bit }) {
      await postgres.freeze()
      const since = performance.now()
      const { status } = await stack.shop.post({})
      const tookMs = Math.round(performance.now() - since)
      if (status !== 503 || tookMs > 10_000) throw new Error(`an order was answered with ${status} after ${tookMs} ms`)
      bit('answered 503')
      await last(20_000 - tookMs)
      await postgres.thaw()
    },
  },
  {
    row: 39,
    fault: "disk full: Kafka's, then PostgreSQL's",
    promise: 'orders are taken, or refused with 503; it recovers when there is room again',
    by: 'a small file system in memory, where it can be mounted',
    kind: 'small disks',
    possible: canMount,
    async run(trial) {
      const { disks, kafka, postgres, stack, load, last, bit } = trial
      await disks!.kafka.fill()
      await load.more(30)
      bit("orders taken with Kafka's disk full", 30)
      await disks!.kafka.free()
      await kafka.revive()
      await drained(trial)

      await disks!.postgres.fill()
      const refused = async () => (await stack.shop.post({})).status === 503
      await waitFor(refused, { deadline: 30_000, every: 200, what: 'an order to be refused' })
      bit("refused with PostgreSQL's disk full")
      await last(5_000)
      await disks!.postgres.free()
      await postgres.revive()
    },
  },
]
