import type { Logger } from '@quadrille/service-kit'
import type { ReadModelState } from '../api-types.ts'

type Part = 'database' | 'saving'

/** What is wrong with the read model now, told to the log when it begins and when it is over. */
export function createHealth(log: Pick<Logger, 'info' | 'warn'>) {
  const failures = new Map<Part, string>([['database', 'its database is not migrated yet']])
  const warned = new Set<Part>()
  let unreadable = 0
  return {
    /** Undefined: that part is well. */
    told(part: Part, failure: string | undefined): void {
      if (failure === undefined) failures.delete(part)
      else failures.set(part, failure)
      if (failure === undefined) {
        if (warned.delete(part)) log.info({ part }, 'the read model goes on')
      } else if (!warned.has(part)) {
        warned.add(part)
        log.warn({ failure }, 'the read model stands still')
      }
    },
    unreadable(): void {
      unreadable++
    },
    state: (): Omit<ReadModelState, 'joined'> => ({
      database: !failures.has('database'),
      unreadable,
      failure: failures.get('database') ?? failures.get('saving') ?? null,
    }),
  }
}
