import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'

const root = new URL('../../', import.meta.url).pathname
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface Alert {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: Readonly<Record<string, string>>
}
const rules = parse(read('infra/prometheus/alerts.yml')) as { groups: { rules: Alert[] }[] }
const alerts = rules.groups.flatMap((group) => group.rules)
const pages = readdirSync(join(root, 'docs/runbooks')).filter((page) => page !== 'README.md')
const index = read('docs/runbooks/README.md')
const documented = read('docs/telemetry.md') + read('apps/console/README.md')
const isDocumented = (metric: string) => documented.includes(`\`${metric}\``)

describe('every alert', () => {
  it.each(alerts)('says how urgent it is, what it means, and what to do: $alert', ({ alert, labels, annotations }) => {
    const { summary, description, runbook_url: page } = annotations
    expect(['page', 'ticket']).toContain(labels.severity)
    expect(`${summary} ${description}`.length).toBeGreaterThan(80)
    expect(read(page!)).toContain(`\`${alert}\``)
    expect(index).toMatch(new RegExp(`^\\| \`${alert}\` \\| ${labels.severity} \\| \\[.+\\]\\(${page!.split('/').at(-1)}\\) \\|$`, 'm'))
  })

  it.each(alerts)('reads only metrics that are documented: $alert', ({ expr }) => {
    const metrics = [...expr.matchAll(/\b[a-z]+(?:_[a-z0-9]+)+\b(?!\s*\()/g)].map(([name]) => name.replace(/_bucket$/, ''))
    expect(metrics.filter((metric) => !isDocumented(metric))).toEqual([])
  })

  it('is tested on its own', () => {
    const tested = read('infra/prometheus/alerts.test.yml')
    expect(alerts.map(({ alert }) => alert).filter((alert) => !new RegExp(`name: .*\\b${alert}\\b`).test(tested))).toEqual([])
  })
})

describe('every runbook', () => {
  it.each(pages)('is found from the index, says what one sees, what it means, when it is over, and what proves it: %s', (page) => {
    const text = read(join('docs/runbooks', page))
    expect(index).toContain(`(${page})`)
    for (const part of ['**You see**', '**What it means.**', '\nProved by']) expect(text).toContain(part)
    expect(text).toMatch(/```sh\n/)
  })

  const ports: Readonly<Record<string, string>> = {
    3000: 'apps/console',
    3001: 'services/orders',
    3002: 'services/payments',
    3003: 'services/loyalty',
    3004: 'services/email',
    3005: 'services/warehouse',
    3010: 'apps/psp',
    8025: 'apps/mail',
  }
  const asked = pages.flatMap((page) =>
    [...read(join('docs/runbooks', page)).matchAll(/localhost:(\d+)(\/[^\s'"`)]*)/g)].map(([, port, path]) => ({
      page,
      port: port!,
      path: path!.replace(/\?.*/, ''),
    })),
  )

  it.each(asked.filter(({ port }) => port !== '9090'))('asks only what is answered: $page, $port$path', ({ port, path }) => {
    const sources = globSync([`${ports[port]}/src/**/*.ts`, 'packages/service-kit/src/**/*.ts'], { cwd: root }).map(read)
    const routes = sources.flatMap((source) => [...source.matchAll(/'(\/[\w/:-]+)'/g)].map(([, route]) => route!))
    const answered = routes.some((route) => new RegExp(`^${route.replace(/:\w+/g, '[^/]+')}$`).test(path))
    expect({ path, answered }).toEqual({ path, answered: true })
  })

  it.each(pages)('names metrics that exist: %s', (page) => {
    const named = [...read(join('docs/runbooks', page)).matchAll(/`([a-z]+(?:_[a-z0-9]+)+)(?:\{[^`]*)?`/g)].map(([, name]) => name!)
    expect(named.filter((name) => !isDocumented(name) && !columns.has(name))).toEqual([])
  })
})

describe('the runbook of dead letters', () => {
  const provider = globSync('apps/psp/src/*.ts', { cwd: root }).map(read).join('\n')
  const refusals = [...provider.matchAll(/\b(4\d\d), '([a-z-]+)'/g)].map(([, status, code]) => `${status} ${code}`)

  it('tells of every refusal of the provider what to do', () => {
    const page = read('docs/runbooks/dead-letters.md')
    expect(refusals).toContain('422 token-unknown')
    expect(refusals.filter((refusal) => refusal !== '404 not-found' && !page.includes(`\`${refusal}\``))).toEqual([])
  })
})

/** Of tables, configuration, disks and headers, not of metrics. */
const columns = new Set(['mem_limit', 'max_connections', 'pg_wal', 'ce_id', 'ce_source'])
