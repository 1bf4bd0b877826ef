import { readFileSync } from 'node:fs'

/** Resident memory in MB, by `/proc/<pid>/status`; a process that is ending has none. */
export const readResident = (text: string): number => Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) / 1_024

/** Of each process by name. Linux only. */
export const residentMb = (pids: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, readResident(readFileSync(`/proc/${pid}/status`, 'utf8'))]))
