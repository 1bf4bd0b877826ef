import type { KafkaRecord } from '@quadrille/contracts'

type Headers = KafkaRecord['headers']

/** Headers as bytes, whatever they hold and however often a name repeats: JSON pairs of name and base64. */
export function encodeHeaders(headers: Headers): Buffer {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => [name, Buffer.from(one).toString('base64')]),
  )
  return Buffer.from(JSON.stringify(pairs))
}

export function decodeHeaders(bytes: Buffer): Headers {
  const headers: Record<string, Buffer | Buffer[]> = Object.create(null) // a header may be called `constructor`
  for (const [name, value] of JSON.parse(bytes.toString()) as [string, string][]) {
    const decoded = Buffer.from(value, 'base64')
    const known = headers[name]
    headers[name] = known === undefined ? decoded : [known, decoded].flat()
  }
  return headers
}
