import type { Psp } from '../src/psp.ts'

/** A provider in memory: takes money once per reference, remembers, and can lose an answer after it acted. */
export function createFakePsp({ declines = false } = {}) {
  const charges = new Map<string, number>()
  const refunds = new Map<string, number>()
  let losesNextAnswer = false
  const answer = declines ? ({ status: 'declined', reason: 'card_declined' } as const) : ({ status: 'captured', chargeId: 'ch_1' } as const)

  function sent<T>(reply: T): T {
    if (!losesNextAnswer) return reply
    losesNextAnswer = false
    throw new Error('the connection broke')
  }
  return {
    async charge({ reference, amount }) {
      if (!declines) charges.set(reference, amount)
      return sent(answer)
    },
    findCharge: async (reference) => (charges.has(reference) ? answer : undefined),
    async refund({ reference, amount }) {
      refunds.set(reference, amount)
      return sent({ refundId: 're_1' })
    },
    findRefund: async (reference) => (refunds.has(reference) ? { refundId: 're_1' } : undefined),
    loseNextAnswer: () => {
      losesNextAnswer = true
    },
    captured: () => sum(charges),
    refunded: () => sum(refunds),
  } satisfies Psp & Record<string, unknown>
}

const sum = (amounts: ReadonlyMap<string, number>) => [...amounts.values()].reduce((total, amount) => total + amount, 0)
