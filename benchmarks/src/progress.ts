import type { Benchmark } from './benchmark.ts'
import type { Measured } from './results.ts'
import type { Left } from './runner.ts'
import { figure } from './tables.ts'

/** What is being done, and how long it will still take, on stderr. */
export function createProgress({ goal, name, figures }: Pick<Benchmark, 'goal' | 'name' | 'figures'>) {
  const tell = (words: string) => void process.stderr.write(`${goal} ${name}: ${words}\n`)
  const begun = performance.now()
  let slots = 0
  return {
    say: tell,
    slot({ round, side, figures: measured, foreign, again }: Measured, left: Left) {
      slots += 1
      const [main, unit] = Object.entries(figures)[0]!
      const noise = foreign === null ? '' : `, others ${Math.round(100 * foreign)} %${again ? ', measured again' : ''}`
      const remaining = lasting(timeFor(left, (performance.now() - begun) / slots))
      tell(`${round < 0 ? 'warm-up' : `round ${round + 1}`}  ${side}  ${figure(measured[main] ?? 0)} ${unit}${noise}; ${remaining} left`)
    },
  }
}

const timeFor = ({ least, most, ms }: Left, eachMs: number) => Math.max(least * eachMs, Math.min(most * eachMs, ms))

/** `3 min 20 s` */
export function lasting(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
