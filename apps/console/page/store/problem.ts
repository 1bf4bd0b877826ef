import type { ProblemJson } from '../../src/api-types.ts'

/** An answer that says no, or no answer at all (status 0). */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly fields: NonNullable<ProblemJson['errors']>

  constructor(status: number, { code = '', title = '', detail, errors = [] }: Partial<ProblemJson>) {
    super(detail ?? (title || `status ${status}`))
    this.status = status
    this.code = code
    this.fields = errors
  }
}

// Services say these before they look at what is asked.
const SAID_AT_THE_DOOR: readonly string[] = ['operators-off', 'closing']

/** Whether a change may have been made although no answer says so. */
export const isUnsure = (error: unknown): boolean =>
  !(error instanceof Problem) ||
  error.code === 'in-progress' ||
  ((error.status === 0 || error.status >= 500) && !SAID_AT_THE_DOOR.includes(error.code))

/** `begun` is `It was not begun.` where that is certain; else nobody knows, and `look` says who tells. */
export const notDone = (done: string, look: string, error: unknown): string =>
  isUnsure(error) ? `It is not known whether it was ${done}. ${look}` : `It was not ${done}.`
