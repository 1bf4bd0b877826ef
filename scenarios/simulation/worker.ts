import { parentPort } from 'node:worker_threads'
import { checkHistory, type Verdict } from './check.ts'

parentPort!.on('message', async ({ from, to }: { from: number; to: number }) => {
  const verdicts: Verdict[] = []
  for (let seed = from; seed < to; seed += 1) verdicts.push(await checkHistory({ seed }))
  parentPort!.postMessage(verdicts)
})
