import { waitFor } from '@quadrille/testing'
import { isPost } from '../requests.ts'
import type { LabRow } from '../row.ts'
import { loseAnswers } from '../wires.ts'

/** The payment provider and the mail server, misbehaving. */
export const outsideRows: readonly LabRow[] = [
  {
    row: 31,
    fault: 'payment provider: the answer is lost after the capture',
    promise: 'one capture',
    by: "proxy in front of the provider; the provider's own ledger",
    ci: true,
    async run({ wires, bit }) {
      bit('answers of the provider lost', await loseAnswers([wires['payments-psp']], 10, isPost))
    },
  },
  {
    row: 32,
    fault: 'payment provider answers 5xx for 2 minutes, and some charges take 30 s',
    promise: 'no partition stalls; captured later',
    by: "provider's switch",
    async run({ stack, load, last, bit }) {
      await stack.turn('psp', { down: true, slowMs: 30_000 })
      const since = performance.now()
      const slow = await Promise.all([1, 2, 3].map(() => stack.shop.place({ token: 'tok_slow', ends: 'dispatched' })))
      for (let round = 0; round < 3; round += 1) {
        await load.more(20)
        const orderId = await stack.shop.place({ ends: 'dispatched' })
        const reserved = async () =>
          (await stack.shop.get<{ type: string }[]>('orders', `/orders/${orderId}/events`)).some(({ type }) => type === 'StockReserved')
        await waitFor(reserved, { deadline: 10_000, what: 'an order to be reserved while the provider is down' })
        bit('reserved meanwhile')
      }
      await last(120_000 - (performance.now() - since))
      await stack.turn('psp', { down: false })
      await Promise.all(slow.map((orderId) => stack.shop.until(orderId, 'dispatched', 90_000)))
      await stack.turn('psp', { slowMs: 1_000 })
    },
  },
  {
    row: 34,
    fault: 'mail server: accepted, then the connection is lost',
    promise: 'at most one more mail, with the same Message-ID',
    by: "mail sink's switch",
    ci: true,
    async run({ stack, bit }) {
      await stack.turn('mail', { dropAfterAccept: 5 })
      const left = async () => ((await (await fetch(`${stack.urls.mail}/switch`)).json()) as { dropAfterAccept: number }).dropAfterAccept
      await waitFor(async () => (await left()) === 0, { deadline: 60_000, what: 'five mails accepted without a word', diagnose: left })
      bit('mails accepted without a word', 5)
    },
  },
]
