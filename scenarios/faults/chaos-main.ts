import { parsed, Refusal, whole } from '@quadrille/demo/arguments'
import { chaosRow } from './chaos.ts'
import { startLaboratory } from './laboratory.ts'
import { record } from './results.ts'
import { type Tried, tryRow } from './trial.ts'

const usage = `Hurts the whole system at random for a while, under load, and tells whether it kept its promises.

  pnpm chaos --minutes 30 --seed 7     the same seed repeats the plan; without one, any

RECORD_RESULTS=1 keeps the result, for docs/reliability.md.
`

const options = {
  minutes: { type: 'string', default: '30' },
  seed: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const A_DAY = 24 * 60

/** How long, and by which seed; `help` where it is asked for. */
export function readArguments(args: readonly string[], anySeed: () => number) {
  const { help, minutes, seed } = parsed(args, options)
  if (help) return 'help'
  return { minutes: whole('minutes', minutes, 1, A_DAY), seed: seed === undefined ? anySeed() : whole('seed', seed, 1, 2 ** 31) }
}

async function main(): Promise<number> {
  const wish = readArguments(process.argv.slice(2), () => 1 + Math.floor(Math.random() * 1e6))
  if (wish !== 'help') return (await unleashed(wish.minutes, wish.seed)) ? 0 : 1
  process.stdout.write(usage)
  return 0
}

async function unleashed(minutes: number, seed: number): Promise<boolean> {
  process.stdout.write(`chaos for ${minutes} minutes, seed ${seed}\n`)
  const lab = await startLaboratory()
  try {
    const tried = await tryRow(lab, chaosRow(minutes, seed), { seed, thorough: true })
    if (process.env.RECORD_RESULTS) record(44, seed, tried)
    process.stdout.write(report(tried, seed))
    return tried.problems.length === 0
  } finally {
    await lab.close()
  }
}

const lines = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([name, count]) => `  ${String(count).padStart(8)}  ${name}\n`)
    .join('')

function report({ verdict, problems, ended, promised, seconds }: Tried, seed: number): string {
  const { acknowledged, copies, bites, ends } = verdict
  const figures = {
    'orders promised': promised,
    'events acknowledged': acknowledged,
    'copies absorbed': copies,
    violations: problems.length,
  }
  const said = problems.map((problem) => `  ${problem}\n`).join('')
  const lastWords = ended.map((words) => `\n${briefly(words)}\n`).join('')
  return `\nseed ${seed}, ${seconds} s\n${lines(figures)}\norders, by how they ended\n${lines(ends)}\nfaults that hit\n${lines(bites)}${lastWords}\n${said || 'every promise was kept\n'}`
}

/** Of the last words of a process, who it was and how they end. */
export function briefly(words: string): string {
  const said = words.split('\n')
  return [...new Set([said[0], said.at(-1)])].join(' ')
}

if (import.meta.main) {
  const code = await main().catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error
    process.stderr.write(`${error.message}\n`)
    return 2
  })
  process.exit(code) // connections that a fault left half open would keep it alive
}
