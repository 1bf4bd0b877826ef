import { readdirSync, readFileSync } from 'node:fs'

/** What a process and its ended children have used, in ticks, and whose child it is. */
export interface ProcessTime {
  readonly pid: number
  readonly parent: number
  readonly ticks: number
}

/** Ticks a second, on every Linux that Node runs on. */
export const TICKS = 100

/** A line of /proc/<pid>/stat. The name stands in brackets and may hold anything, brackets too. */
export function readProcessTime(line: string): ProcessTime {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15).map(Number) as [number, number, number, number]
  return { pid: Number.parseInt(line, 10), parent: Number(fields[1]), ticks: user + system + childrenUser + childrenSystem }
}

/** A process with all below it: what children that ended have used was handed to their parents, so nothing is counted twice. */
export function ticksBelow(processes: readonly ProcessTime[], root: number): number {
  const children = Map.groupBy(processes, ({ parent }) => parent)
  const below = (pid: number): number => (children.get(pid) ?? []).reduce((sum, child) => sum + child.ticks + below(child.pid), 0)
  return (processes.find(({ pid }) => pid === root)?.ticks ?? 0) + below(root)
}

/** Everything that runs now; nothing on a machine without /proc. */
export function allProcesses(): ProcessTime[] {
  return numbersIn('/proc').flatMap((pid) => {
    try {
      return readProcessTime(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    } catch {
      return [] // it has just ended
    }
  })
}

function numbersIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}
