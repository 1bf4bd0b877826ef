import autocannon, { type Options } from 'autocannon'
import { createLatencies, percentilesOf } from '../latencies.ts'
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
      const latencies = createLatencies()
      const begun = performance.now()
      let [last, created, answered] = [begun, 0, 0]
      const body = JSON.stringify(order)
      const headers = { 'content-type': 'application/json' }
      await new Promise<void>((resolve, reject) => {
        const options: Options = { url, connections, amount: requests, method: 'POST', headers, body }
        const loading = autocannon(options, (error) => (error ? reject(error) : resolve()))
        loading.on('response', (_client, status, _bytes, ms) => {
          last = performance.now()
          latencies.record(ms)
          created += Number(status === 201)
          answered += 1
          if (answered === requests) resolve() // autocannon tells of its end up to two seconds later
        })
      })
      const { p99 } = percentilesOf([latencies.encoded()])
      return { created, others: requests - created, elapsedMs: last - begun, p99 }
    },
  })
