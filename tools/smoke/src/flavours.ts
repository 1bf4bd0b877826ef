import type { Fate, PlannedOrder, Wares } from '@quadrille/load'

interface Flavour {
  readonly fate: Fate
  readonly againAfterMs?: number
  readonly cancelAfterMs?: number
}

/** One order of each kind. */
const flavours: readonly Flavour[] = [
  { fate: 'paid' },
  { fate: 'paid', againAfterMs: 20 },
  { fate: 'declined' },
  { fate: 'short' },
  { fate: 'cancelled', cancelAfterMs: 0 },
  // By then the parcel has left, and is called back.
  { fate: 'cancelled', cancelAfterMs: 3_000 },
]

export const orderEachFlavour = (run: string, { ample, soldOut }: Wares): PlannedOrder[] =>
  flavours.map((flavour, place) => {
    const id = `smoke-${run}-${place}`
    const sku = flavour.fate === 'short' ? soldOut : ample[place % ample.length]!
    return {
      ...flavour,
      atMs: 100 * place,
      key: id,
      body: {
        customer: { id, email: `${id}@example.com` },
        items: [{ sku, quantity: 1 + place }],
        paymentToken: flavour.fate === 'declined' ? 'tok_declined' : 'tok_ok',
      },
    }
  })
