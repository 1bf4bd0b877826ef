import { STATUS_CODES } from 'node:http'

/** A refusal as RFC 9457 tells it. */
export class Problem extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.status = status
    this.code = code
  }
}

export const asProblem = (status: number, code: string, detail: string) => ({
  type: `urn:quadrille:psp:${code}`,
  title: STATUS_CODES[status],
  status,
  code,
  detail,
})
