import { serviceNames, waitFor } from '@quadrille/testing'
import type { InstanceName } from '../../stack/processes.ts'
import { leaseOf, relayOf } from '../laboratory.ts'
import { isProduce } from '../requests.ts'
import type { LabRow, Trial } from '../row.ts'
import type { Verdict } from '../verdict.ts'
import { loseAnswers, waysTo } from '../wires.ts'

const moreCopies = ({ copies }: Verdict, before: Verdict | undefined) =>
  copies > (before?.copies ?? 0) ? [] : ['no record came twice, so nothing was repeated']

const TAKEN_OVER_WITHIN_MS = 12_000
const LEASE_MS = 10_000

/** Freezes the active relay until another one has its lease, and thaws it. Tells how long that took. */
async function freezeHolder({ stack, last }: Trial, service: 'payments' | 'warehouse', instances: readonly InstanceName[]) {
  const holder = await waitFor(() => relayOf(stack, service, instances), { deadline: 20_000, what: `an active relay of ${service}` })
  const { owner } = await leaseOf(stack, service)
  stack.signal(holder, 'SIGSTOP')
  const since = performance.now()
  const taken = async () => ![owner, ''].includes((await leaseOf(stack, service)).owner)
  await waitFor(taken, { deadline: 2 * TAKEN_OVER_WITHIN_MS, what: `another relay of ${service}` })
  const took = performance.now() - since
  await last(LEASE_MS - Math.min(took, LEASE_MS))
  stack.signal(holder, 'SIGCONT')
  return took
}

async function moveLease(trial: Trial, instances: readonly InstanceName[]) {
  const { stack, random } = trial
  const how = Math.floor(3 * random())
  if (how === 0) return freezeHolder(trial, 'payments', instances)
  const holder = await waitFor(() => relayOf(stack, 'payments', instances), { deadline: 20_000, what: 'an active relay' })
  await (how === 1 ? stack.stop(holder) : stack.kill(holder))
  await stack.start(holder)
}

/** The relay, killed, frozen and deceived at the worst moments. */
export const relayRows: readonly LabRow[] = [
  {
    row: 7,
    fault: 'relay SIGKILL between acknowledgement and mark',
    promise: 'duplicate, never loss; effects once',
    by: 'hook `after-ack` in every service',
    ci: true,
    async run({ crash, bit }) {
      await crash('after-ack')
      bit('killed after an acknowledgement', serviceNames.length)
    },
    check: moreCopies,
  },
  {
    row: 8,
    fault: 'relay SIGKILL in mid batch',
    promise: 'order per key kept',
    by: 'hook `in-send`, 20 kills',
    async run({ crash, bit }) {
      for (let round = 2; round <= 5; round += 1) {
        await crash('in-send', serviceNames, round)
        bit('killed while sending', serviceNames.length)
      }
    },
  },
  {
    row: 9,
    fault: 'relay SIGSTOP beyond its lease, then SIGCONT',
    promise: 'another takes over in less than 12 s; order of first deliveries kept',
    by: 'signal to the holder of the lease; `payments` and `warehouse` with two instances each',
    async run(trial) {
      const { stack, bit, load } = trial
      await Promise.all([stack.start('payments-2'), stack.start('warehouse-2')])
      const took = await Promise.all([
        freezeHolder(trial, 'payments', ['payments', 'payments-2']),
        freezeHolder(trial, 'warehouse', ['warehouse', 'warehouse-2']),
      ])
      if (Math.max(...took) > TAKEN_OVER_WITHIN_MS) throw new Error(`another relay took over only after ${took.map(Math.round)} ms`)
      bit('frozen beyond the lease', took.length)
      await load.more(20)
      await Promise.all([stack.stop('payments-2'), stack.stop('warehouse-2')])
    },
  },
  {
    row: 10,
    fault: 'three relays, the lease moving',
    promise: 'order, no loss',
    by: 'signals to the holder of the lease, by chance stopped, killed or frozen',
    async run(trial) {
      const { stack, bit, load } = trial
      const instances = ['payments', 'payments-2', 'payments-3'] as const
      await Promise.all([stack.start('payments-2'), stack.start('payments-3')])
      const before = await leaseOf(stack, 'payments')
      for (let round = 0; round < 6; round += 1) {
        await moveLease(trial, instances)
        await load.more(5)
      }
      bit('the lease moved', (await leaseOf(stack, 'payments')).term - before.term)
      await Promise.all([stack.stop('payments-2'), stack.stop('payments-3')])
    },
  },
  {
    row: 11,
    fault: 'acknowledgement lost after the append',
    promise: 'no acknowledged row missing in the log',
    by: 'proxy at every service; mutant `producer reused after failure`',
    ci: true,
    async run({ wires, bit }) {
      bit('lost acknowledgements', await loseAnswers(waysTo(wires, 'kafka'), 3, isProduce))
    },
    check: moreCopies,
  },
]
