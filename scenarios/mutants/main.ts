import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type RunningProcess, startInfra } from '@quadrille/testing'
import { printMutantTable } from '../simulation/mutant-table.ts'
import { mutantsNamed } from '../simulation/mutants.ts'
import { mutated } from './apply.ts'
import { type Copy, copyCheckout } from './copy.ts'
import { type Mutant, mutants } from './mutants.ts'
import { runTests, tryMutant, type Verdict } from './trial.ts'

const usage = `Shows that the tests notice mistakes: makes each in a copy of the checkout, and runs the tests that should fail;
then breaks the system that the simulation plays, and shows which invariant notices.

  pnpm mutants              all of them
  pnpm mutants relay I3     those whose name, file or promise has one of these words in it
  pnpm mutants --list       what there is
`

function isMeant({ name, breaks, file }: Mutant, asked: readonly string[]): boolean {
  return asked.length === 0 || asked.some((word) => name.includes(word) || breaks === word || file.includes(word))
}

async function main(chosen: readonly Mutant[]): Promise<number> {
  const root = resolve(import.meta.dirname, '../..')
  await Promise.all(chosen.map(async (mutant) => mutated(await readFile(join(root, mutant.file), 'utf8'), mutant)))
  const copy = await copyCheckout(root)
  const infra = chosen.some(({ tests }) => tests.some((path) => !path.includes('.unit.'))) ? await startInfra() : undefined
  if (infra) Object.assign(process.env, infraVariables(infra))
  const close = () => Promise.all([infra?.stop(), copy.remove()])
  let jest: RunningProcess | undefined
  const onStart = (started: RunningProcess) => {
    jest = started
  }
  process.once('SIGINT', () => {
    console.log('\nstopping')
    void (jest?.stop(1_000) ?? Promise.resolve()).then(close).then(() => process.exit(130))
  })
  try {
    return await judgeAll(copy, chosen, onStart)
  } finally {
    await close()
  }
}

const infraVariables = ({ kafka, postgresUrl }: Awaited<ReturnType<typeof startInfra>>) => ({
  TEST_INFRA: 'external',
  TEST_KAFKA_BROKERS: kafka.brokers.join(),
  TEST_POSTGRES_URL: postgresUrl,
})

/** First without any mistake: tests that fail anyway catch nothing. */
async function judgeAll({ root }: Copy, chosen: readonly Mutant[], onStart: (process: RunningProcess) => void): Promise<number> {
  const tests = [...new Set(chosen.flatMap((mutant) => mutant.tests))]
  console.log(`without a mistake: ${tests.length} test files`)
  const healthy = await runTests(root, tests, onStart)
  if (healthy.failed + healthy.broken > 0 || healthy.passed === 0) {
    console.log(`${healthy.output}\nthe tests fail without any mistake, so they cannot show one`)
    return 1
  }
  let survived = 0
  for (const [place, mutant] of chosen.entries()) {
    const started = performance.now()
    const verdict = await tryMutant(root, mutant, onStart)
    if (!isCaught(verdict)) survived += 1
    console.log(lineOf(mutant, verdict, `${place + 1}/${chosen.length}`.padStart(6), performance.now() - started))
  }
  console.log(`${chosen.length - survived} caught, ${survived} survived`)
  return survived > 0 ? 1 : 0
}

const isCaught = ({ failed }: Verdict) => failed > 0

function lineOf({ name, breaks }: Mutant, verdict: Verdict, place: string, ms: number): string {
  const seconds = `${(ms / 1000).toFixed(1)} s`.padStart(7)
  const how = isCaught(verdict)
    ? `caught by: ${verdict.caughtBy}`
    : verdict.broken > 0
      ? `SURVIVED: the tests did not run\n${verdict.output}`
      : 'SURVIVED'
  return `${place} ${seconds}  ${name} (${breaks})\n${' '.repeat(16)}${how}`
}

/** First those made in the sources, then those of the simulation, which breaks the ports and services that it plays with. */
async function judgeEverything(): Promise<number> {
  const failed = chosen.length > 0 ? await main(chosen) : 0
  const survived = await printMutantTable({ words: asked, print: (line) => console.log(line) })
  return failed > 0 || survived > 0 ? 1 : 0
}

function list() {
  console.log(
    [...chosen.map(({ name, breaks }) => `${name}  (${breaks})`), ...simulated.map(({ name }) => `${name}  (simulated)`)].join('\n'),
  )
}

const words = process.argv.slice(2)
const asked = words.filter((word) => !word.startsWith('--'))
const chosen = mutants.filter((mutant) => isMeant(mutant, asked))
const simulated = mutantsNamed(asked)

if (words.includes('--help')) console.log(usage)
else if (chosen.length + simulated.length === 0) {
  console.log('there is no such mutant: see --list')
  process.exitCode = 1
} else if (words.includes('--list')) list()
else process.exit(await judgeEverything())
