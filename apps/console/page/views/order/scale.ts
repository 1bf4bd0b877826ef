import { duration } from '../../widgets/words.ts'

/** Where an instant stands on the axis: long times in which nothing happened are cut short, so that the rest can be told apart. */
export interface Scale {
  /** From 0 to 1. */
  readonly x: (ms: number) => number
  readonly gaps: readonly Gap[]
  readonly ticks: readonly { readonly ms: number; readonly x: number; readonly label: string }[]
}

interface Gap {
  readonly from: number
  readonly to: number
  readonly x: number
  readonly width: number
  /** Null where the words of the one before stand too near. */
  readonly label: string | null
}

const GAP_WIDTH = 0.07
const MOST_GAPS = 4
// A time without anything is cut where it takes more than this of what is left, and is no blink of an eye.
const TOO_LONG = 0.6
const LEAST_MS = 500
const TICKS = 7
// Nearer together, their words would touch.
const CLOSE = 0.14

interface Span {
  readonly from: number
  readonly to: number
  readonly cut: boolean
}

export function scaleOf(instants: readonly number[]): Scale {
  const sorted = [...new Set([0, ...instants])].sort((a, b) => a - b)
  const spans = cutSpans(sorted.slice(1).map((to, at) => ({ from: sorted[at]!, to, cut: false })))
  const live = spans.reduce((sum, { from, to, cut }) => sum + (cut ? 0 : to - from), 0) || 1
  const room = 1 - spans.filter(({ cut }) => cut).length * GAP_WIDTH
  let start = 0
  const placed = spans.map((span) => {
    const width = span.cut ? GAP_WIDTH : ((span.to - span.from) / live) * room
    start += width
    return { ...span, x: start - width, width }
  })
  const x = (ms: number) => {
    const span = placed.find(({ to }) => ms <= to) ?? placed.at(-1)
    if (!span) return 0
    return Math.max(0, Math.min(1, span.x + ((ms - span.from) / (span.to - span.from)) * span.width))
  }
  const gaps = withLabels(placed.filter(({ cut }) => cut))
  return { x, gaps, ticks: ticksOf(placed, live, x) }
}

const centreOf = ({ x, width }: Pick<Gap, 'x' | 'width'>) => x + width / 2

function withLabels(cuts: readonly Omit<Gap, 'label'>[]): Gap[] {
  let last = -1
  return cuts.map(({ from, to, x, width }) => {
    const centre = centreOf({ x, width })
    const isFree = centre - last > CLOSE
    if (isFree) last = centre
    return { from, to, x, width, label: isFree ? duration(to - from) : null }
  })
}

function cutSpans(spans: readonly Span[], left = MOST_GAPS): readonly Span[] {
  const open = spans.filter(({ cut }) => !cut)
  const longest = open.reduce<Span | undefined>((most, span) => (most && lengthOf(most) >= lengthOf(span) ? most : span), undefined)
  const all = open.reduce((sum, span) => sum + lengthOf(span), 0)
  if (!longest || left === 0 || open.length < 3 || lengthOf(longest) < Math.max(LEAST_MS, TOO_LONG * all)) return spans
  return cutSpans(
    spans.map((span) => (span === longest ? { ...span, cut: true } : span)),
    left - 1,
  )
}

const lengthOf = ({ from, to }: Span) => to - from

function ticksOf(spans: readonly (Span & { x: number; width: number })[], live: number, x: (ms: number) => number): Scale['ticks'] {
  const step = niceStep(live / TICKS)
  const ticks: Scale['ticks'][number][] = []
  const gaps = spans.filter(({ cut }) => cut).map(centreOf)
  const free = (at: number) => at - (ticks.at(-1)?.x ?? -1) > CLOSE && gaps.every((gap) => Math.abs(gap - at) > CLOSE)
  for (const { from, to, cut } of spans) {
    if (cut) continue
    for (let ms = Math.ceil(from / step) * step; ms <= to; ms += step) {
      const at = x(ms)
      if (free(at)) ticks.push({ ms, x: at, label: tickLabel(ms, step) })
    }
  }
  return ticks
}

/** As exact as the steps are: two ticks never read the same. */
function tickLabel(ms: number, step: number): string {
  if (ms < 1_000 && step < 1_000) return `${ms} ms`
  // Hours tell no seconds.
  if (ms >= 60_000 && step >= (ms < 3_600_000 ? 1_000 : 60_000)) return duration(ms)
  const digits = Math.max(0, Math.ceil(-Math.log10(step / 1_000)))
  return `${(ms / 1_000).toFixed(digits)} s`
}

/** 1, 2 or 5 times a power of ten, at least a millisecond. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)))
  return [1, 2, 5, 10].map((of) => of * power).find((step) => step >= least) ?? power * 10
}
