import { parseArgs } from 'node:util'
import { checkHistory } from './check.ts'
import { simulate } from './simulate.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    histories: { type: 'string', default: '20000' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
  },
})

if (values.seed !== undefined) {
  const verdict = await checkHistory({ seed: Number(values.seed) })
  console.log(JSON.stringify(verdict, null, 2))
  process.exitCode = verdict.wrong.length > 0 ? 1 : 0
} else {
  const [from, histories, workers] = [Number(values.from), Number(values.histories), Number(values.workers)]
  const interrupted = new AbortController()
  process.once('SIGINT', () => interrupted.abort())
  const total = await simulate({ from, histories, workers, signal: interrupted.signal, onProgress: show })
  show(total)
  console.log(`\n${JSON.stringify(total.sometimes)}`)
  for (const { seed, wrong } of total.failed.slice(0, 5)) console.log(`pnpm simulate --seed ${seed}\n  ${wrong.join('\n  ')}`)
  console.log(`histories: ${total.done} passed ${total.done - total.failed.length}, failed ${total.failed.length}`)
  process.exitCode = total.failed.length > 0 ? 1 : 0
}

function show({ done, perSecond, failed }: Awaited<ReturnType<typeof simulate>>) {
  const line = `${done} histories, ${Math.round(perSecond)} a second, ${failed.length} failed`
  if (process.stdout.isTTY) process.stdout.write(`\r${line}`)
  else console.log(line)
}
