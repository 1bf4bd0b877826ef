interface Mark {
  readonly at: number
  readonly high: number
}

export type HighMarks = ReturnType<typeof createHighMarks>

/**
 * When each record appeared, as far as polling can tell: the first look that saw the partition reach past it.
 * Right to one poll; what was there before the first look is as old as that look, at least.
 */
export function createHighMarks(most = 500) {
  const marks = new Map<string, Mark[]>()
  return {
    note(partition: string, mark: Mark): void {
      const known = marks.get(partition) ?? []
      const last = known.at(-1)
      if (last?.high === mark.high) return
      // A partition that shrank was deleted and made anew: what we knew was of another one.
      const kept = last && last.high > mark.high ? [] : known
      marks.set(partition, thinned([...kept, mark], most))
    },
    appeared(partition: string, offset: number): number | undefined {
      return marks.get(partition)?.find(({ high }) => high > offset)?.at
    },
  }
}

/** Drops every second mark of the older half: old waits may be told less exactly, and seem younger, never older. */
const thinned = (marks: Mark[], most: number) => (marks.length <= most ? marks : marks.filter((_, n) => n >= most / 2 || n % 2 === 1))
