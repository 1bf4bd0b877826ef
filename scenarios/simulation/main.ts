import { parseArgs } from 'node:util'
import { checkHistory } from './check.ts'
import { printMutantTable } from './mutant-table.ts'
import { readResult, resultOf, writeResult } from './result.ts'
import { type Simulated, simulate } from './simulate.ts'

const usage = `Plays histories of the whole system in memory, and checks every invariant after each.

  pnpm simulate                        20,000 histories on two threads
  pnpm simulate --histories 1000000    more, or fewer; Ctrl-C tells what was done so far
  pnpm simulate --from 5000            begins at another seed
  pnpm simulate --workers 4            on more threads
  pnpm simulate --result FILE          writes what it came to, as JSON, while it goes on
  pnpm simulate --continue FILE        goes on where that ended, and adds up
  pnpm simulate --seed 4711            one history again, with everything that was wrong
  pnpm simulate --seed 4711 --rough    with every mishap at once, as the mutants are hunted
  pnpm simulate --mutants [words]      breaks the system on purpose, and shows which invariant notices
`

const { values, positionals: words } = parseArgs({
  options: {
    seed: { type: 'string' },
    rough: { type: 'boolean' },
    histories: { type: 'string', default: '20000' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    result: { type: 'string' },
    continue: { type: 'string' },
    mutants: { type: 'boolean' },
    help: { type: 'boolean' },
  },
  allowPositionals: true,
})
const before = values.continue ? readResult(values.continue) : undefined
const [histories, workers, first] = [Number(values.histories), Number(values.workers), before?.seeds[0] ?? Number(values.from)]
const resultFile = values.result ?? values.continue

if (values.help) console.log(usage)
else if (values.mutants) await breakOnPurpose()
else if (values.seed === undefined) await playMany()
else await playOne(Number(values.seed))

async function playOne(seed: number) {
  const verdict = await checkHistory({ seed, rough: values.rough })
  console.log(JSON.stringify(verdict, null, 2))
  process.exitCode = verdict.wrong.length > 0 ? 1 : 0
}

async function breakOnPurpose() {
  const survived = await printMutantTable({ words, print: (line) => console.log(line), signal: interruption() })
  process.exitCode = survived > 0 ? 1 : 0
}

/** The first Ctrl-C ends in good order, the second at once. */
function interruption(): AbortSignal {
  const interrupted = new AbortController()
  process.once('SIGINT', () => interrupted.abort())
  return interrupted.signal
}

async function playMany() {
  const played = before?.histories ?? 0
  const rest = { from: first + played, histories: histories - played, workers, before }
  const simulated = await simulate({ ...rest, signal: interruption(), onProgress: show })
  show(simulated)
  const { failed } = simulated
  console.log(`\n${JSON.stringify(resultOf(simulated, first, before), null, 2)}`)
  for (const { seed, wrong } of failed.slice(0, 5)) console.log(`pnpm simulate --seed ${seed}\n  ${wrong.join('\n  ')}`)
  console.log(`histories: ${simulated.histories} played, ${failed.length} broke an invariant`)
  process.exitCode = failed.length > 0 ? 1 : 0
}

function show(simulated: Simulated) {
  const { histories: done, seconds, failed } = simulated
  const left = Math.ceil(((histories - done) * seconds) / done / 60)
  const line = `${done} of ${histories} histories, ${Math.round(done / seconds)} a second, ${left} min left, ${failed.length} failed`
  process.stdout.write(process.stdout.isTTY ? `\r${line}   ` : `${line}\n`)
  if (resultFile) writeResult(resultFile, resultOf(simulated, first, before))
}
