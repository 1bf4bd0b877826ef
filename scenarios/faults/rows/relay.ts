import { serviceNames } from '@quadrille/testing'
import type { LabRow } from '../row.ts'
import type { Verdict } from '../verdict.ts'

const moreCopies = ({ copies }: Verdict, before: Verdict | undefined) =>
  copies > (before?.copies ?? 0) ? [] : ['no record came twice, so nothing was repeated']

/** The relay, killed at the worst moments. */
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
]
