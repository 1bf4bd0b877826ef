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

const titles: Record<number, string> = { 400: 'Bad Request', 404: 'Not Found', 422: 'Unprocessable Content', 503: 'Service Unavailable' }

export const asProblem = (status: number, code: string, detail: string) => ({
  type: `urn:quadrille:psp:${code}`,
  title: titles[status] ?? 'Error',
  status,
  code,
  detail,
})
