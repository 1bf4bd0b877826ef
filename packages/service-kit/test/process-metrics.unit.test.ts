import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { waitFor } from '@quadrille/testing'
import { observeProcess } from '../src/process-metrics.ts'
import { createTelemetry } from '../src/telemetry.ts'

async function stalled(turnMs: number) {
  const { meter, exposition } = createTelemetry({ service: 'sample' })
  const observed = observeProcess(meter, turnMs)
  const worst = async () => Number(/^nodejs_eventloop_delay_max_seconds(?:\{[^}]*\})? (\S+)$/m.exec(await exposition())?.[1])
  await waitFor(async () => (await worst()) > 0, { deadline: 10_000, what: 'a first measurement' })
  for (const end = performance.now() + 1_500; performance.now() < end; );
  await turn()
  return { worst, observed }
}

describe('a stall of the event loop', () => {
  it('is told to everybody who collects, not to the first alone', async () => {
    const { worst, observed } = await stalled(3_600_000)
    await waitFor(async () => (await worst()) > 1, { deadline: 10_000, what: 'the stall' })
    expect(await worst()).toBeGreaterThan(1)
    expect(await worst()).toBeGreaterThan(1)
    observed.stop()
  })

  it('is forgotten after two turns', async () => {
    const { worst, observed } = await stalled(100)
    await waitFor(async () => (await worst()) < 1, { deadline: 10_000, what: 'the stall to be forgotten' })
    observed.stop()
  })
})
