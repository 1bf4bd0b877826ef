import autocannon, { type Options, type Result } from 'autocannon'
import { serve } from '../worker.ts'

/** So many requests over so many connections: closed loop, for saturation only. */
export interface Wanted {
  readonly url: string
  readonly connections: number
  readonly requests: number
}

export interface Answered {
  /** Answers 201. */
  readonly created: number
  readonly others: number
  readonly elapsedMs: number
  /** Of the answers, in milliseconds, in a closed loop: only to be compared with another one. */
  readonly p99: number
}

/** What a customer sends: two lines, as in the contract's example. */
export const order = {
  customer: { id: 'c-1', email: 'ada@example.com' },
  items: [
    { sku: 'mug-blue', quantity: 2 },
    { sku: 'tea-assam', quantity: 1 },
  ],
  paymentToken: 'tok_ok',
}

if (process.send)
  serve({
    async load({ url, connections, requests }: Wanted): Promise<Answered> {
      const begun = performance.now()
      let last = begun
      const body = JSON.stringify(order)
      const headers = { 'content-type': 'application/json' }
      const result = await new Promise<Result>((resolve, reject) => {
        const options: Options = { url, connections, amount: requests, method: 'POST', headers, body }
        const loading = autocannon(options, (error, told) => (error ? reject(error) : resolve(told)))
        // It tells of its end up to two seconds after the last answer
        loading.on('response', () => {
          last = performance.now()
        })
      })
      const created = result.statusCodeStats?.['201']?.count ?? 0
      return { created, others: requests - created, elapsedMs: last - begun, p99: result.latency.p99 }
    },
  })
