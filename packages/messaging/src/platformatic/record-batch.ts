import { crc32c } from '@platformatic/kafka'
import type { OutgoingRecord } from '../kafka.ts'

const HEAD = 61
const LONGEST_VARINT = 5

/**
 * Records of one partition as Kafka keeps them: a record batch of version 2, not compressed, of no idempotent producer.
 * Written straight into one buffer, since the library makes one of every length, name and value, and then joins them.
 */
export function encodeBatch(records: readonly OutgoingRecord[], now: number): Buffer {
  const bytes = createBytes(HEAD)
  records.forEach((record, place) => {
    bytes.measured(() => writeRecord(bytes, record, place))
  })
  const batch = bytes.all()
  writeHead(batch, records.length, BigInt(now))
  return batch
}

function writeHead(batch: Buffer, count: number, now: bigint) {
  batch.writeBigInt64BE(0n) // the broker gives the offset
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt32BE(-1, 12) // whoever leads
  batch.writeInt8(2, 16)
  batch.writeInt16BE(0, 21)
  batch.writeInt32BE(count - 1, 23)
  batch.writeBigInt64BE(now, 27) // the first, and
  batch.writeBigInt64BE(now, 35) // the last
  batch.writeBigInt64BE(-1n, 43)
  batch.writeInt16BE(-1, 51)
  batch.writeInt32BE(-1, 53)
  batch.writeInt32BE(count, 57)
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17)
}

function writeRecord(bytes: Bytes, { key, value, headers }: OutgoingRecord, place: number) {
  bytes.varint(0) // no attributes
  bytes.varint(0) // as old as the first
  bytes.varint(place)
  bytes.text(key)
  bytes.text(value)
  writeHeaders(bytes, headers)
}

type Headers = OutgoingRecord['headers']

/** A name that has several values comes as often. */
function writeHeaders(bytes: Bytes, headers: Headers) {
  const names = Object.keys(headers)
  bytes.varint(names.reduce((count, name) => count + valuesOf(headers[name]).length, 0))
  for (const name of names)
    for (const value of valuesOf(headers[name])) {
      bytes.text(name)
      bytes.text(value)
    }
}

const valuesOf = (values: Headers[string]) => (values === undefined ? [] : Array.isArray(values) ? values : [values])

type Bytes = ReturnType<typeof createBytes>

/** A buffer that is written from a place on, and grows. */
function createBytes(from: number) {
  let buffer = Buffer.allocUnsafe(65_536)
  let at = from

  function room(more: number) {
    if (at + more <= buffer.length) return
    const larger = Buffer.allocUnsafe(2 * buffer.length + more)
    buffer.copy(larger, 0, 0, at)
    buffer = larger
  }

  /** Zigzag, seven bits a byte. */
  function varint(value: number) {
    room(LONGEST_VARINT)
    let left = (value << 1) ^ (value >> 31)
    for (; left > 0x7f; left >>>= 7) buffer[at++] = (left & 0x7f) | 0x80
    buffer[at++] = left
  }

  /** Most text is ASCII, and as long as it looks; what is not is written again. */
  function utf8(text: string) {
    const begun = at
    room(LONGEST_VARINT + 3 * text.length)
    varint(text.length)
    const written = buffer.write(text, at)
    if (written !== text.length) {
      at = begun
      varint(written)
      buffer.write(text, at)
    }
    at += written
  }

  return {
    varint,
    /** A length, and so many bytes; of null, −1. */
    text(value: Buffer | string | null) {
      if (value === null) return varint(-1)
      if (typeof value === 'string') return utf8(value)
      varint(value.length)
      room(value.length)
      at += value.copy(buffer, at)
    },
    /** A length, and what is written then. */
    measured(write: () => void) {
      room(LONGEST_VARINT)
      const begun = at
      const from = begun + LONGEST_VARINT
      at = from
      write()
      const length = at - from
      at = begun
      varint(length)
      buffer.copyWithin(at, from, from + length)
      at += length
    },
    all: () => buffer.subarray(0, at),
  }
}
