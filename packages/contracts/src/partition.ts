const SEED = 0x9747b28c
const M = 0x5bd1e995

const scramble = (word: number): number => {
  const product = Math.imul(word, M)
  return Math.imul(product ^ (product >>> 24), M)
}

const avalanche = (hash: number): number => {
  const product = Math.imul(hash ^ (hash >>> 13), M)
  return product ^ (product >>> 15)
}

const lastBytes = (bytes: Uint8Array, from: number): number =>
  (bytes[from] ?? 0) | ((bytes[from + 1] ?? 0) << 8) | ((bytes[from + 2] ?? 0) << 16)

/** The 32-bit hash of Kafka's Java client, as a signed integer. */
export function murmur2(bytes: Buffer): number {
  const whole = bytes.length & ~3
  let hash = SEED ^ bytes.length
  for (let at = 0; at < whole; at += 4) hash = Math.imul(hash, M) ^ scramble(bytes.readInt32LE(at))
  if (whole < bytes.length) hash = Math.imul(hash ^ lastBytes(bytes, whole), M)
  return avalanche(hash)
}

/** The partition that Kafka's Java client gives a key: whoever produces, an order stays in one partition. */
export function partitionFor(key: string | Buffer, partitions: number): number {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key
  return (murmur2(bytes) & 0x7fffffff) % partitions
}
