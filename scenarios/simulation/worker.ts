import { parentPort } from 'node:worker_threads'
import { checkHistory } from './check.ts'
import { add, emptyTally, tallyOf } from './tally.ts'

parentPort!.on('message', async ({ from, to }: { from: number; to: number }) => {
  const tally = emptyTally()
  for (let seed = from; seed < to; seed += 1) add(tally, tallyOf(await checkHistory({ seed })))
  parentPort!.postMessage(tally)
})
