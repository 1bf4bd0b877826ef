/** What the exit code says. */
export const EXIT = { well: 0, notWell: 1, usage: 2, unreachable: 3, interrupted: 130 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What cannot be done, in one line, with what to do instead. */
export class OpsError extends Error {
  readonly exit: ExitCode
  constructor(exit: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exit = exit
  }
}

/** A service says no, with the status of its answer. */
export class Refused extends OpsError {
  readonly status: number
  constructor(status: number, message: string) {
    super(EXIT.notWell, message)
    this.status = status
  }
}

export const refusal = (message: string) => new OpsError(EXIT.notWell, message)
export const misuse = (message: string) => new OpsError(EXIT.usage, message)
