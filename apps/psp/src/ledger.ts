type Movement = { id: string; key: string; reference: string; amount: number; currency: string; at: string; fingerprint: string }
export type Charge = Movement & { kind: 'charge'; status: 'captured' | 'declined'; reason?: string }
export type Refund = Movement & { kind: 'refund'; status: 'refunded'; charge: string }
/** One line of the provider's own books. */
export type Entry = Charge | Refund
export type Ledger = ReturnType<typeof createLedger>

/** The books in memory. Two keys for one reference make two charges, as at a real provider: a witness shows a double charge, it does not hide it. */
export function createLedger(entries: Entry[] = []) {
  const byKey = new Map<string, Entry>()
  const charges = new Map<string, Charge>()
  const refunds = new Map<string, Refund>()
  const balances = new Map<string, number>()

  const move = (charge: string, amount: number) => balances.set(charge, (balances.get(charge) ?? 0) + amount)

  function recordCharge(charge: Charge): void {
    if (charges.get(charge.reference)?.status !== 'captured') charges.set(charge.reference, charge)
    if (charge.status === 'captured') move(charge.reference, charge.amount)
  }

  function recordRefund(refund: Refund): void {
    refunds.set(refund.reference, refunds.get(refund.reference) ?? refund)
    move(refund.charge, -refund.amount)
  }

  function record(entry: Entry): void {
    byKey.set(entry.key, entry)
    if (entry.kind === 'charge') recordCharge(entry)
    else recordRefund(entry)
  }

  entries.forEach(record)
  return {
    record,
    entries: () => [...byKey.values()],
    byKey: (key: string) => byKey.get(key),
    /** A captured charge answers before a declined one of the same reference: the question is whether money moved. */
    charge: (reference: string) => charges.get(reference),
    refund: (reference: string) => refunds.get(reference),
    /** Captured minus refunded. */
    balance: (charge: string) => balances.get(charge) ?? 0,
  }
}

/** `capture:0198…` names the order `0198…`. */
export const orderOf = (reference: string) => /^[^:]+:(.+)$/.exec(reference)?.[1]
