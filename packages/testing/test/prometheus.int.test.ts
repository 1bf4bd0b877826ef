import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Prometheus, prometheusPrograms, startPrometheus, waitFor } from '../src/index.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quadrille-prometheus-'))
})
afterEach(() => rm(dir, { recursive: true, maxRetries: 3 }))

const start = async (config: string): Promise<Prometheus> => {
  const file = join(dir, 'prometheus.yml')
  await writeFile(file, config)
  return startPrometheus({ config: file, dataDir: join(dir, 'data') })
}

describe('the programs of Prometheus', () => {
  it('are fetched, where PATH has none', async () => {
    const { promtool } = await prometheusPrograms({ path: '/nowhere' })
    expect(promtool).toContain('.cache/prometheus')
    expect(await prometheusPrograms({ path: join(promtool, '..'), cache: '/nowhere' })).toMatchObject({ promtool })
  }, 180_000)

  it('are asked for in one line, where they cannot be fetched', async () => {
    const before = process.env.PATH
    process.env.PATH = '/nowhere'
    try {
      const remedy = /^Prometheus was not found .*: put `prometheus` and `promtool` \(2\.42 or newer\) on PATH.*$/
      await expect(prometheusPrograms({ cache: join(dir, 'cache') })).rejects.toThrow(remedy)
    } finally {
      process.env.PATH = before
    }
  })
})

describe('a started Prometheus', () => {
  it('scrapes, answers queries, and tells alerts', async () => {
    await writeFile(
      join(dir, 'rules.yml'),
      '{ groups: [{ name: all, rules: [{ alert: Always, expr: vector(2), labels: { severity: page } }] }] }',
    )
    const prometheus = await start('{ global: { evaluation_interval: 100ms }, rule_files: [rules.yml] }')
    try {
      expect(await prometheus.query('vector(1) + 1')).toEqual([{ labels: {}, value: 2 }])
      expect(await prometheus.query('40 + 2')).toEqual([{ labels: {}, value: 42 }])
      expect(await prometheus.query('up')).toEqual([])
      await expect(prometheus.query('sum(')).rejects.toThrow('Prometheus says: invalid parameter "query"')
      const [alert] = await waitFor(async () => (await prometheus.alerts()).length > 0 && prometheus.alerts())
      expect(alert).toMatchObject({ state: 'firing', labels: { alertname: 'Always', severity: 'page' } })
    } finally {
      expect(await prometheus.stop()).toMatchObject({ code: 0 })
    }
  })

  it('is an error with its own words, if it does not like its configuration', async () => {
    await expect(start('{ global: { no_such_setting: 1 } }')).rejects.toThrow('no_such_setting')
  })
})
