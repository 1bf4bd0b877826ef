import { parseArgs } from 'node:util'
import { chaosRow } from './chaos.ts'
import { startLaboratory } from './laboratory.ts'
import { record } from './results.ts'
import { type Tried, tryRow } from './trial.ts'

const usage = `Hurts the whole system at random for a while, under load, and tells whether it kept its promises.

  pnpm chaos --minutes 30 --seed 7     the same seed repeats the plan; without one, any
`

async function main(minutes: number, seed: number): Promise<boolean> {
  process.stdout.write(`chaos for ${minutes} minutes, seed ${seed}\n`)
  const lab = await startLaboratory()
  try {
    const tried = await tryRow(lab, chaosRow(minutes, seed), { seed, thorough: true })
    record(44, seed, tried)
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
  const lastWords = ended.map((words) => `\n${words.split('\n').slice(0, 1)} ${words.split('\n').at(-1)}\n`).join('')
  return `\nseed ${seed}, ${seconds} s\n${lines(figures)}\norders, by how they ended\n${lines(ends)}\nfaults that hit\n${lines(bites)}${lastWords}\n${said || 'every promise was kept\n'}`
}

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string' }, help: { type: 'boolean' } },
})
if (values.help) process.stdout.write(usage)
else {
  const kept = await main(Number(values.minutes), Number(values.seed ?? Math.floor(Math.random() * 1e6)))
  process.exit(kept ? 0 : 1) // connections that a fault left half open would keep it alive
}
