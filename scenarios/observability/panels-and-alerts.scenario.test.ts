import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { queries } from '@quadrille/dashboards'
import { waitFor } from '@quadrille/testing'
import { beginLoad, type Load } from '../faults/load.ts'
import { troubles } from './troubles.ts'
import { startWatched, type Watched } from './watched.ts'

jest.setTimeout(180_000)

let watched: Watched
let load: Load

beforeAll(async () => {
  watched = await startWatched()
  const { shop, urls } = watched.stack
  load = await beginLoad({ shop, url: urls.orders, seed: 1, run: 'watched', rate: 5 })
})
afterAll(async () => {
  await load?.end()
  await watched?.close()
})

describe('the panels of every dashboard', () => {
  it.each(queries())('show a system at work: $dashboard, $panel', async ({ expr }) => {
    const answers = async () => (await watched.prometheus.query(expr)).some(({ value }) => Number.isFinite(value))
    await waitFor(answers, { deadline: 20_000, every: 250, what: `an answer to ${expr}` })
  })
})

/** As people would say it: `EffectsWaiting payments charge-card`. */
const firing = async () => {
  const alerts = (await watched.prometheus.alerts()).filter(({ state }) => state === 'firing')
  return alerts.map(({ labels: { alertname, service, consumergroup, kind } }) =>
    [alertname, service ?? consumergroup, kind].filter(Boolean).join(' '),
  )
}
const alarm = (what: string, seen: (alerts: readonly string[]) => boolean) =>
  waitFor(async () => seen(await firing()), { deadline: 90_000, every: 250, what, diagnose: watched.prometheus.alerts })

describe('a healthy system', () => {
  it('sets off no alarm', () => alarm('silence', (alerts) => alerts.length === 0))
})

describe('what goes wrong', () => {
  beforeAll(async () => {
    for (const { make } of troubles) await make(watched)
  })

  for (const { what, alerts } of troubles)
    it.each(alerts)(`is told, when ${what}: %s`, (alert) => alarm(`${alert} to fire`, (all) => all.includes(alert)))
})

describe('what is mended as its runbook says', () => {
  beforeAll(async () => {
    for (const { mend } of troubles.toReversed()) await mend(watched)
  })

  for (const { what, alerts } of troubles)
    it.each(alerts)(`is told no more: ${what}, %s`, (alert) => alarm(`${alert} to clear`, (all) => !all.includes(alert)))

  it('leaves nothing to tell', () => alarm('silence', (alerts) => alerts.length === 0))
})

describe('the console', () => {
  it('is missed, when it does not answer', async () => {
    await watched.stopConsole()
    await alarm('LagUnknown to fire', (alerts) => alerts.includes('LagUnknown'))
    await watched.startConsole()
    await alarm('LagUnknown to clear', (alerts) => !alerts.includes('LagUnknown'))
  })
})

describe('all of these together', () => {
  it('break no promise', async () => {
    await load.end()
    expect(await watched.stack.violations()).toEqual([])
  })
})
