import type { Collector } from './collector.ts'
import type { DeadLetter, DeadLetters } from './postgres/dead-letters.ts'

/** What is left of an order's letters after a redrive or discard. */
export interface Redriven {
  readonly open: number
  /** Of the open ones, refused effects that are tried again now; their outcome closes them, and frees what waits behind. */
  readonly trying: number
}

export interface Redriver {
  /** Folds an order's open parked events again, in order. Twice is harmless. Undefined where there is no such letter. */
  redrive(letterId: string): Promise<Redriven | undefined>
  /** Closes one letter unhandled; what waited behind it runs. */
  discard(letterId: string, reason: string): Promise<Redriven | undefined>
}

export function createRedriver(collector: Pick<Collector, 'add'>, letters: Pick<DeadLetters, 'find' | 'list'>): Redriver {
  async function end(letterId: string, reason?: string): Promise<Redriven | undefined> {
    const letter = await letters.find(letterId)
    if (!letter) return undefined
    await collector.add({ kind: 'redrive', orderId: letter.orderId, letterId, ...(reason && { discard: { letterId, reason } }) })
    const open = await openWith(letters, letter)
    return { open: open.length, trying: reason ? 0 : open.filter(({ effectKey }) => effectKey !== null).length }
  }
  return { redrive: (letterId) => end(letterId), discard: end }
}

async function openWith(letters: Pick<DeadLetters, 'find' | 'list'>, { id, orderId }: DeadLetter): Promise<DeadLetter[]> {
  if (orderId !== null) return letters.list({ orderId, open: true, limit: 10_000 })
  return [await letters.find(id)].filter((letter) => letter?.endedAt === null) as DeadLetter[]
}
