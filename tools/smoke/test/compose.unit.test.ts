import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'

interface Part {
  readonly image?: string
  readonly build?: { readonly args: { readonly SERVICE: string } }
  readonly ports?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly profiles?: readonly string[]
  readonly healthcheck?: { readonly test?: unknown; readonly disable?: boolean }
  readonly environment?: Readonly<Record<string, string | number>>
  readonly volumes?: readonly string[]
  readonly mem_limit?: string
  readonly restart?: string
  readonly read_only?: string
  readonly develop?: { readonly watch: readonly { readonly path: string; readonly target?: string }[] }
}

const root = resolve(import.meta.dirname, '../../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const text = read('docker-compose.yml')
const compose = parse(text, { merge: true }) as { services: Record<string, Part>; volumes: Record<string, null> }
const parts = Object.entries(compose.services)
const ours = parts.filter(([, { build }]) => build)
const consumers = ['payments', 'loyalty', 'email', 'warehouse']
const names = (wanted: (part: Part) => unknown) => parts.filter(([, part]) => wanted(part)).map(([name]) => name)

/** Variables with their defaults. */
const variables = [...text.matchAll(/\$\{(\w+)(?::?-((?:[^{}]|\$\{[^}]*\})*))?/g)].map(([, name, usual = '']) => [name!, usual] as const)
const settings = Object.fromEntries([...read('.env.example').matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]))

describe('compose', () => {
  it('publishes what people use, on this machine only, each on a port that can be moved', () => {
    const published = parts.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port] as const))
    expect(published.map(([name]) => name).sort()).toEqual(['console', 'grafana', 'kafka', 'mail', 'orders', 'prometheus'])
    for (const [name, port] of published)
      expect(port).toMatch(new RegExp(`^127\\.0\\.0\\.1:\\$\\{${name.toUpperCase()}_PORT:-\\d+\\}:\\d+$`))
  })

  it('pins every image, and lets each be another', () => {
    for (const [, { image, build }] of parts)
      expect(image ?? build?.args.SERVICE).toMatch(image ? /^\$\{[A-Z]+_IMAGE:-[\w./-]+:v?\d+\.\d+(\.\d+)?\}$/ : /^\w+$/)
    for (const [, { build }] of ours)
      expect(['apps', 'services', 'tools'].some((kind) => existsSync(join(root, kind, build!.args.SERVICE, 'src/main.ts')))).toBe(true)
  })

  it('waits for databases and topics alone: mail, provider, traces and dashboards may be away', () => {
    const waitedFor = new Set(parts.flatMap(([, { depends_on = {} }]) => Object.keys(depends_on)))
    expect([...waitedFor].sort()).toEqual(['kafka', 'postgres', 'topics'])
    for (const name of consumers)
      expect(compose.services[name]!.depends_on!.topics).toEqual({ condition: 'service_completed_successfully' })
  })

  it('lets orders start while Kafka is down, which is its promise', () => {
    expect(Object.keys(compose.services.orders!.depends_on!)).toEqual(['postgres'])
  })

  it('limits every container, and restarts all but what ends by itself', () => {
    expect(names(({ mem_limit }) => !mem_limit)).toEqual([])
    expect(names(({ restart }) => restart !== 'unless-stopped')).toEqual(['topics', 'ops'])
  })

  it('asks everybody for their health who can be asked', () => {
    const asked = ({ build, healthcheck }: Part) => (build ? !healthcheck?.disable : healthcheck?.test)
    expect(names((part) => !asked(part)).sort()).toEqual(['grafana', 'load', 'ops', 'topics', 'traces'])
    expect(read('Dockerfile')).toMatch(/^HEALTHCHECK .*infra\/healthcheck\.sh/m)
  })

  it('gives our own processes a file system that they cannot write, but for named volumes', () => {
    for (const [, part] of ours) {
      expect(part).toMatchObject({ read_only: expect.stringMatching(/READ_ONLY:-true/), cap_drop: ['ALL'], init: true })
      for (const volume of part.volumes ?? []) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0])
    }
  })

  it('shows dashboards by default, also with the load, and leaves them out where asked', () => {
    const observability = names(({ profiles }) => profiles?.includes('observability')).sort()
    expect(observability).toEqual(['grafana', 'prometheus', 'traces'])
    // A profile of the command line replaces those of .env.
    expect(names(({ profiles }) => profiles?.includes('load')).sort()).toEqual([...observability, 'load'].sort())
    expect(read('.env')).toMatch(/^COMPOSE_PROFILES=observability$/m)
    for (const name of ['orders', ...consumers])
      expect(compose.services[name]!.environment!.OTEL_EXPORTER_OTLP_ENDPOINT).toMatch(/\$\{COMPOSE_PROFILES:\+http:\/\/traces:4318\}/)
  })

  it('gives whoever has the operators’ token the one that only looks, too', () => {
    const holders = names(({ environment }) => environment && 'OPS_TOKEN' in environment)
    expect(holders.sort()).toEqual(['console', ...consumers, 'ops', 'orders'].sort())
    expect(names(({ environment }) => environment && 'OPS_READ_TOKEN' in environment).sort()).toEqual(holders)
  })

  it('is watched where sources are', () => {
    const watched = parts.flatMap(([, { develop }]) => develop?.watch ?? [])
    expect(names(({ develop }) => develop).sort()).toEqual(['console', ...consumers, 'orders'].sort())
    for (const [, { develop }] of parts) if (develop) expect(develop.watch.map(({ path }) => path)).toContain('packages')
    for (const { path, target } of watched) {
      expect(existsSync(join(root, path))).toBe(true)
      expect(target ?? `/app/${path}`).toBe(`/app/${path}`)
    }
  })
})

describe('the settings of compose', () => {
  it('are all in .env.example, with the defaults that they have', () => {
    const plain = variables.filter(
      ([name, usual]) => !usual.includes('$') && name !== 'OTEL_EXPORTER_OTLP_ENDPOINT' && name !== 'COMPOSE_PROFILES',
    )
    for (const [name, usual] of plain) if (usual !== '') expect([name, settings[name]]).toEqual([name, usual])
    expect(plain.filter(([name]) => !(name in settings))).toEqual([])
  })

  it('are all read by somebody', () => {
    const known = new Set(['COMPOSE_PROFILES', ...variables.map(([name]) => name)])
    expect(Object.keys(settings).filter((name) => !known.has(name))).toEqual([])
  })
})

describe('what Prometheus scrapes', () => {
  it('is every service of compose, by its name and port, and the console', () => {
    const { scrape_configs: jobs } = parse(read('infra/prometheus/prometheus.yml')) as {
      scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[]
    }
    const scraped = jobs.flatMap(({ dns_sd_configs }) => dns_sd_configs.map(({ names: [name], port }) => [name, port]))
    const exposed = ['orders', ...consumers, 'console'].map((name) => [name, compose.services[name]!.environment!.PORT])
    expect(scraped.sort()).toEqual(exposed.sort())
  })
})

describe('what Grafana shows first', () => {
  it('is there, and its data sources are those of compose', () => {
    const home = compose.services.grafana!.environment!.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH as string
    expect(existsSync(join(root, home.replace('/etc/grafana', 'infra/grafana')))).toBe(true)
    for (const file of ['prometheus', 'traces']) {
      const { datasources } = parse(read(`infra/grafana/provisioning/datasources/${file}.yml`)) as { datasources: { url: string }[] }
      expect(Object.keys(compose.services)).toContain(new URL(datasources[0]!.url).hostname)
    }
  })
})

describe('the devcontainer', () => {
  it('forwards what compose publishes, each port with its label', () => {
    const config = JSON.parse(read('.devcontainer/devcontainer.json').replaceAll(/^\s*\/\/.*$/gm, ''))
    const published = parts.flatMap(([, { ports = [] }]) => ports.map((port) => Number(port.match(/:-(\d+)/)![1])))
    expect(config.forwardPorts).toEqual(expect.arrayContaining(published))
    for (const port of config.forwardPorts) expect(config.portsAttributes[port].label).toBeTruthy()
  })
})
