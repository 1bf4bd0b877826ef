import { readFileSync } from 'node:fs'
import { allProcesses, ticksBelow } from './processor-time.ts'

/** The machine at an instant: ticks in all, those in which a core worked or was taken away, and those that we ourselves used. */
export interface Snapshot {
  readonly all: number
  readonly busy: number
  readonly ours: number
  readonly byProcess: Readonly<Record<string, number>>
}

/** More than this of the machine used by others, or taken by its host, and a slot is measured again. Set before anything was measured. */
export const MOST_FOREIGN = 0.1

/** Undefined where there is no /proc: nothing is known of others there. */
export function takeSnapshot(named: Readonly<Record<string, number>>): Snapshot | undefined {
  const machine = readMachine()
  if (!machine) return undefined
  const processes = allProcesses()
  const byProcess = Object.fromEntries(Object.entries(named).map(([name, pid]) => [name, ticksBelow(processes, pid)]))
  return { ...machine, ours: ticksBelow(processes, process.pid), byProcess }
}

function readMachine() {
  try {
    return readTotals(readFileSync('/proc/stat', 'utf8'))
  } catch {
    return undefined
  }
}

/** The first line of /proc/stat: user nice system idle iowait irq softirq steal; guests are in user already. */
export function readTotals(text: string): { all: number; busy: number } {
  const ticks = text.split('\n')[0]!.trim().split(/\s+/).slice(1, 9).map(Number)
  const all = ticks.reduce((sum, part) => sum + part, 0)
  return { all, busy: all - ticks[3]! - ticks[4]! }
}

/** Of less nothing can be said. */
const LEAST_TICKS = 20

/** The share of the machine that others had between two instants. */
export function foreignShare(before: Snapshot, after: Snapshot): number {
  const foreign = after.busy - before.busy - (after.ours - before.ours)
  const all = after.all - before.all
  return all < LEAST_TICKS ? 0 : Math.max(0, foreign) / all
}
