import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const BYTES = 16
const drawn = Buffer.alloc(BYTES * 256)
let used = drawn.length
let last = { msecs: 0, seq: 0 }

/** Ids in the order they were made. Random bytes are drawn for 256 at once: alone they cost an order, which has three ids, 20 of 350 µs. */
export function uuidv7(): string {
  const random = nextBytes()
  const now = Date.now()
  last = now > last.msecs ? { msecs: now, seq: random.readUInt32BE(6) >>> 1 } : { msecs: last.msecs, seq: last.seq + 1 }
  return v7({ random, ...last })
}

function nextBytes(): Buffer {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  used += BYTES
  return drawn.subarray(used - BYTES, used)
}
