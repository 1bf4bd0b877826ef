import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'

// Readable on white and on black.
const named: Readonly<Record<string, string>> = {
  text: '#7a869a',
  green: '#2e9e4f',
  yellow: '#d1a000',
  orange: '#e0712b',
  red: '#d43b3b',
  purple: '#9657c7',
}
const palette = ['#3a8ee6', '#2e9e4f', '#e0712b', '#9657c7', '#d1a000', '#17a2a8', '#d6498f', '#7a869a', '#8a6d3b', '#5b6ee1']

const hex = (color: string) => named[color] ?? color

/** Of the n-th line, unless its name has a colour of its own. */
export function lineColor({ fieldConfig }: Panel, name: string, n: number): string {
  const override = fieldConfig?.overrides.find(({ matcher }) => matcher.id === 'byName' && matcher.options === name)
  const fixed = override?.properties.find(({ id }) => id === 'color')?.value as { fixedColor?: string } | undefined
  return hex(fixed?.fixedColor ?? palette[n % palette.length]!)
}

/** A value in words, where the panel has words for it. */
export function mapped({ fieldConfig }: Panel, value: number): { text?: string; color?: string } | undefined {
  for (const { type, options } of fieldConfig?.defaults.mappings ?? []) {
    if (type === 'value') {
      const result = (options as Record<string, { text?: string; color?: string }>)[String(value)]
      if (result) return result
    }
    if (type === 'range') {
      const { from, to, result } = options as { from: number | null; to: number | null; result: { text?: string; color?: string } }
      if (value >= (from ?? -Infinity) && value <= (to ?? Infinity)) return result
    }
  }
  return undefined
}

/** By mapping, else by the last threshold that the value has reached. */
export function stateColor(panel: Panel, value: number): string {
  const steps = panel.fieldConfig?.defaults.thresholds?.steps ?? []
  const reached = steps.findLast((step) => step.value === null || value >= step.value)
  return hex(mapped(panel, value)?.color ?? reached?.color ?? 'green')
}

/** Limits other than the lowest, which every value has reached. */
export const limitLines = ({ fieldConfig }: Panel) =>
  fieldConfig?.defaults.custom?.thresholdsStyle
    ? (fieldConfig.defaults.thresholds?.steps ?? []).flatMap(({ value, color }) => (value === null ? [] : [{ value, color: hex(color) }]))
    : []
