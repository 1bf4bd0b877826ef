import type { Product } from '../../../src/api-types.ts'

/** What is to be ordered, as the form has it. */
export interface Wanted {
  readonly customer: string
  readonly email: string
  readonly token: string
  readonly campaign: string
  readonly quantities: Readonly<Record<string, number>>
}

export interface Card {
  readonly token: string
  readonly title: string
  /** What one will see. */
  readonly leads: string
}

export const cards: readonly Card[] = [
  { token: 'tok_ok', title: 'A card that pays', leads: 'paid, then dispatched, in a tenth of a second' },
  { token: 'tok_declined', title: 'A card that is declined', leads: 'payment failed, and the stock goes back' },
  { token: 'tok_slow', title: 'A slow bank', leads: 'the charge takes seconds; nobody else waits for it' },
  { token: 'tok_flaky', title: 'A bank whose answer is lost', leads: 'it is asked again, and charges once' },
]

export const MOST_OF_ONE = 1_000

export const firstWish: Wanted = {
  customer: 'c-1',
  email: 'ada@example.com',
  token: 'tok_ok',
  campaign: '',
  quantities: { 'mug-blue': 1, 'tea-assam': 1 },
}

const linesOf = ({ quantities }: Wanted) => Object.entries(quantities).filter(([, quantity]) => quantity > 0)

/** As the page will ask for it; the price is the shop's alone. */
export const totalOf = (wanted: Wanted, products: readonly Product[]) =>
  linesOf(wanted).reduce((sum, [sku, quantity]) => sum + quantity * (products.find((one) => one.sku === sku)?.price ?? 0), 0)

export const bodyOf = (wanted: Wanted) => ({
  customer: { id: wanted.customer.trim(), email: wanted.email.trim() },
  items: linesOf(wanted).map(([sku, quantity]) => ({ sku, quantity })),
  paymentToken: wanted.token,
  ...(wanted.campaign.trim() && { campaign: wanted.campaign.trim() }),
})

/** What is missing, in words; null: it can be ordered. */
export function missing(wanted: Wanted): string | null {
  if (linesOf(wanted).length === 0) return 'Choose something first'
  if (wanted.customer.trim() === '') return 'Who orders?'
  return /^\S+@\S+\.\S+$/.test(wanted.email.trim()) ? null : 'Where do the mails go?'
}

export const quantityOf = (text: string) => Math.max(0, Math.min(MOST_OF_ONE, Math.floor(Number(text)) || 0))
