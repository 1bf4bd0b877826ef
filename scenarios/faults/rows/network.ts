import type { TcpProxy, Weather } from '@quadrille/testing'
import { isCommit } from '../requests.ts'
import type { LabRow, Trial } from '../row.ts'
import { bitten, loseAnswers, waysTo } from '../wires.ts'

function set(ways: readonly TcpProxy[], weather: Weather) {
  for (const way of ways) way.become(weather)
}

/** Cuts one direction of every such way for a while; tells how many bytes vanished. */
async function cut({ calm, last }: Trial, ways: readonly TcpProxy[], direction: 'up' | 'down', ms: number) {
  const kind = direction === 'up' ? 'cutUp' : 'cutDown'
  const before = bitten(ways, kind)
  set(ways, { [direction]: { cut: true } })
  await last(ms)
  calm()
  return bitten(ways, kind) - before
}

/** What networks do. */
export const networkRows: readonly LabRow[] = [
  {
    row: 18,
    fault: 'network cut between services and Kafka, and services and PostgreSQL, each way apart; the answers to COMMIT lost',
    promise: 'recovers, no restart by hand',
    by: 'proxy on every way',
    ci: true,
    async run(trial) {
      const { wires, load, bit } = trial
      for (const to of ['kafka', 'postgres'])
        for (const direction of ['up', 'down'] as const) {
          bit(`bytes cut ${direction}, ${to}`, await cut(trial, waysTo(wires, to), direction, 8_000))
          await load.more(10)
        }
      bit('answers to COMMIT lost', await loseAnswers(waysTo(wires, 'postgres'), 2, isCommit))
    },
  },
  {
    row: 20,
    fault: 'latency of 300 ms, bytes in pieces, resets',
    promise: 'slower, never wrong',
    by: 'proxy on every way',
    async run(trial) {
      const { wires, random, last, bit, load } = trial
      const ways = Object.values(wires)
      const before = { slowed: bitten(ways, 'slowed'), reset: bitten(ways, 'reset') }
      set(ways, { up: { latencyMs: 150 }, down: { latencyMs: 150, pieces: { bytes: 1_024, everyMs: 1 } } })
      for (let round = 0; round < 20; round += 1) {
        await last(1_500)
        ways[Math.floor(random() * ways.length)]!.reset()
      }
      bit('chunks slowed', bitten(ways, 'slowed') - before.slowed)
      bit('connections reset', bitten(ways, 'reset') - before.reset)
      await load.more(5)
    },
  },
]
