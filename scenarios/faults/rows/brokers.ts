import type { ServiceName } from '@quadrille/testing'
import type { Rule } from '../rights.ts'
import type { LabRow, Trial } from '../row.ts'

/** Whoever lost a right ends; with the right back, it is started again. */
async function loseRight({ stack, deny, load, bit }: Trial, service: ServiceName, rule: Rule) {
  const restore = await deny(service, rule)
  const { code } = await stack.ended(service)
  if (code === 0 || code === null) throw new Error(`${service} lost a right and ended with ${code}`)
  bit(`${service} ended without its right`)
  await load.more(5)
  await restore()
  await stack.start(service)
}

/** What only the broker can do. */
export const brokerRows: readonly LabRow[] = [
  {
    row: 40,
    fault: "a relay's right to write, a consumer's right to its group revoked",
    promise: 'the process exits non-zero, is started again, and resumes',
    by: "access rules of Kafka's own authorizer",
    async run(trial) {
      await loseRight(trial, 'payments', { write: 'payments.v1' })
      await trial.load.more(5)
      await loseRight(trial, 'email', { join: 'email' })
    },
  },
  {
    row: 15,
    fault: 'three brokers, the leader killed, three times',
    promise: 'no acknowledged loss; unclean election is off',
    by: 'SIGKILL to the leader of a partition; three copies, of which two must be there',
    kind: 'three brokers',
    async run({ cluster, load, bit }) {
      for (let round = 0; round < 3; round += 1) {
        const leader = await cluster!.leaderOf('orders.v1', round)
        cluster!.nodes[leader]!.kill('SIGKILL')
        await cluster!.nodes[leader]!.process.exited
        bit('leader killed')
        await load.more(20)
        await cluster!.restart(leader)
        await load.more(5)
      }
    },
  },
]
