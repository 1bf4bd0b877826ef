import { chaosRow } from './chaos.ts'
import type { LabRow } from './row.ts'
import { brokerRows } from './rows/brokers.ts'
import { networkRows } from './rows/network.ts'
import { outsideRows } from './rows/outside.ts'
import { processRows } from './rows/processes.ts'
import { recordRows } from './rows/records.ts'
import { relayRows } from './rows/relay.ts'
import { serverRows } from './rows/servers.ts'
import { timeRows } from './rows/time.ts'

const { CHAOS_MINUTES = '2', FAULT_SEED = '1' } = process.env

/** Rows that run in the laboratory, in the order of their numbers. */
export const labRows: readonly LabRow[] = [
  ...relayRows,
  ...processRows,
  ...serverRows,
  ...networkRows,
  ...outsideRows,
  ...recordRows,
  ...timeRows,
  ...brokerRows,
  chaosRow(Number(CHAOS_MINUTES), Number(FAULT_SEED)),
].sort((one, other) => one.row - other.row)
