import { type Caught, hunt } from './hunt.ts'
import { mutantsNamed, type SimulatedMutant, simulatedMutants } from './mutants.ts'

/** What broke: the invariants, deadlocks, the service that counts, and a system that never comes to rest. */
const columns = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10', 'locks', 'counting', 'rest'] as const

interface Row {
  readonly mutant: SimulatedMutant
  readonly caught: Caught | undefined
}

export interface TableOptions {
  /** Only mutants with one of these words in their name. */
  readonly words?: readonly string[]
  readonly print: (line: string) => void
  readonly signal?: AbortSignal
}

/** Hunts every mutant, one line each: which invariants noticed it, in which history first. Tells how many survived. */
export async function printMutantTable({ words = [], print, signal }: TableOptions): Promise<number> {
  const meant = mutantsNamed(words)
  if (meant.length === 0) return 0
  const rows: Row[] = []
  print(`${columns.map((column) => column.padStart(column.length + 1)).join('')}  history  mutant`)
  for (const mutant of meant) {
    if (signal?.aborted) break
    const row = { mutant, caught: await hunt(mutant) }
    rows.push(row)
    print(lineOf(row))
  }
  const survived = rows.filter(({ caught }) => caught === undefined).length
  print(`${rows.length - survived} caught in the simulation, ${survived} survived${unbroken(rows)}`)
  return survived
}

function lineOf({ mutant: { name }, caught }: Row): string {
  const marks = columns.map((column) => (caught?.by.includes(column) ? 'x' : '·').padStart(column.length + 1))
  return `${marks.join('')}  ${String(caught?.seed ?? '-').padStart(7)}  ${name}${caught ? '' : '  SURVIVED'}`
}

/** Which invariant no mutant has broken: it might as well not be there. */
function unbroken(rows: readonly Row[]): string {
  const idle = columns.filter((column) => !rows.some(({ caught }) => caught?.by.includes(column)))
  return idle.length > 0 && rows.length === simulatedMutants.length ? `; never broken: ${idle.join(', ')}` : ''
}
