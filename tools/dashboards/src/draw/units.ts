interface Scale {
  readonly from: number
  readonly divisor: number
  readonly suffix: string
}

const scales: Readonly<Record<string, readonly Scale[]>> = {
  s: [
    { from: 86_400, divisor: 86_400, suffix: ' d' },
    { from: 5_400, divisor: 3_600, suffix: ' h' },
    { from: 90, divisor: 60, suffix: ' min' },
    { from: 1, divisor: 1, suffix: ' s' },
    { from: 1e-3, divisor: 1e-3, suffix: ' ms' },
    { from: 1e-9, divisor: 1e-6, suffix: ' µs' },
  ],
  bytes: [
    { from: 2 ** 30, divisor: 2 ** 30, suffix: ' GiB' },
    { from: 2 ** 20, divisor: 2 ** 20, suffix: ' MiB' },
    { from: 2 ** 10, divisor: 2 ** 10, suffix: ' KiB' },
  ],
  short: [
    { from: 1e6, divisor: 1e6, suffix: ' M' },
    { from: 1e4, divisor: 1e3, suffix: ' k' },
  ],
}

/** A value as Grafana's unit shows it. */
export function shown(value: number, unit: string, decimals?: number): string {
  if (unit === 'percentunit') return `${rounded(value * 100, decimals)} %`
  if (unit === 'currencyEUR') return `${value < 0 ? '-' : ''}€${rounded(Math.abs(value), decimals ?? 0)}`
  const scale = scales[unit]?.find(({ from }) => Math.abs(value) >= from)
  if (!scale) return `${rounded(value, decimals)}${unit === 's' && value === 0 ? ' s' : ''}`
  return `${rounded(value / scale.divisor, scale.divisor >= 1 ? decimals : 0)}${scale.suffix}`
}

/** Three digits that count, unless told otherwise. */
function rounded(value: number, decimals?: number): string {
  const digits = decimals ?? (Math.abs(value) >= 100 || value === 0 ? 0 : Math.abs(value) >= 10 ? 1 : 2)
  return Number(value.toFixed(digits)).toLocaleString('en', { maximumFractionDigits: digits })
}

const TICKS = 4

/** Round numbers from 0 to `max` or just above it, so that an axis is read at a glance; `whole` ones where things are counted. */
export function ticks(max: number, unit: string, whole = false): number[] {
  const step = Math.max(roundStep(max / TICKS, unit), whole ? 1 : 0)
  const count = Math.max(1, Math.ceil(max / step - 1e-9))
  return Array.from({ length: count + 1 }, (_, n) => n * step)
}

function roundStep(least: number, unit: string): number {
  if (unit === 'bytes') return 2 ** Math.ceil(Math.log2(least))
  const power = 10 ** Math.floor(Math.log10(least))
  return power * ([1, 2, 2.5, 5, 10].find((step) => step * power >= least - 1e-12) ?? 10)
}
