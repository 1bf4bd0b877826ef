import type { LabRow } from './row.ts'
import { relayRows } from './rows/relay.ts'

/** Rows that run in the laboratory, in the order of their numbers. */
export const labRows: readonly LabRow[] = [...relayRows].sort((one, other) => one.row - other.row)
