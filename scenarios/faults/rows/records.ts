import { HEADERS } from '@quadrille/contracts'
import { uuidv7 } from '@quadrille/messaging'
import { noEvent, plant, type RawRecord } from '../../stack/witnesses.ts'
import type { LabRow } from '../row.ts'

const headersOf = (type: string) => ({ [HEADERS.specversion]: '1.0', [HEADERS.id]: uuidv7(), [HEADERS.type]: type })

/** Nothing here names an order, so nothing but the record itself may be parked. */
export const poison: readonly (() => RawRecord)[] = [
  () => noEvent,
  () => ({ key: null, value: null, headers: headersOf('OrderPlaced.v1') }),
  () => ({ key: 'no-order', value: '{"half":', headers: { [HEADERS.id]: uuidv7() } }),
  () => ({ key: null, value: '{}' }),
]

/** Records that no service would write. */
export const recordRows: readonly LabRow[] = [
  {
    row: 27,
    fault: 'poison bytes, null value, null key, among a hundred good records',
    promise: 'the partition goes on; each is a dead letter with its origin; the consumer lives',
    by: 'records written by hand; mutant `unguarded JSON.parse`',
    ci: true,
    async run({ stack, load, bit }) {
      for (const topic of ['orders.v1', 'payments.v1'])
        for (const make of poison) {
          bit('poison read', (await plant(stack, topic, make())).length)
          await load.more(3)
        }
    },
  },
]
