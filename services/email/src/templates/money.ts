const formats = new Map<string, Intl.NumberFormat>()

/** `€34.70` for 3470 EUR. Minor units are as many as the currency has: none for yen. */
export function showMoney(amount: number, currency: string): string {
  const format = formatOf(currency)
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(amount / 10 ** digits)
}

/** Made once a currency: making it is what costs. */
function formatOf(currency: string): Intl.NumberFormat {
  const known = formats.get(currency)
  if (known) return known
  const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency })
  formats.set(currency, format)
  return format
}
