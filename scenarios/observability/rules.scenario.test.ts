import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { prometheusPrograms, serviceNames } from '@quadrille/testing'
import { scaledRules } from './prometheus-files.ts'
import { FASTER, folder } from './watched.ts'

jest.setTimeout(240_000) // Prometheus may have to be fetched first

const run = promisify(execFile)
const file = (name: string) => join(folder, name)
let promtool: (...args: string[]) => Promise<{ stdout: string }>
let dir: string

beforeAll(async () => {
  const programs = await prometheusPrograms()
  promtool = (...args) => run(programs.promtool, args)
  dir = await mkdtemp(join(tmpdir(), 'quadrille-rules-'))
})
afterAll(() => rm(dir, { recursive: true }))

describe("Prometheus' own checks", () => {
  it('accept its configuration and the rules that it loads', async () => {
    expect((await promtool('check', 'config', file('prometheus.yml'))).stdout).toContain('1 rule files found')
  })

  it('accept the rules as the other scenario makes them faster', async () => {
    const fast = join(dir, 'fast.yml')
    await writeFile(fast, scaledRules(await readFile(file('alerts.yml'), 'utf8'), FASTER))
    await promtool('check', 'rules', fast)
  })

  it('see every alert fire, and be silent where it nearly would', async () => {
    expect((await promtool('test', 'rules', file('alerts.test.yml'))).stdout).toContain('SUCCESS')
  })
})

describe('the rules', () => {
  it('expect each service that there is', async () => {
    const text = await readFile(file('alerts.yml'), 'utf8')
    const absent = [...text.matchAll(/absent\(up\{job="services", service="(\w+)"\}\)/g)].map(([, service]) => service)
    expect(absent.sort()).toEqual([...serviceNames].sort())
  })
})
