import { join, resolve } from 'node:path'
import { nodeFlags, type RunningProcess, startKafka, startPostgres, startProcess, waitFor } from '@quadrille/testing/servers'
import type { PortName, Ports } from './addresses.ts'
import type { Part } from './supervisor.ts'

/** What every part needs to know. */
export interface Site {
  /** All state: data, logs, the operators' token. */
  readonly dir: string
  readonly ports: Ports
  readonly opsToken: string
  /** Where the demo itself can be told to kill or stop a part. */
  readonly controlUrl?: string
}

export const services = ['orders', 'payments', 'loyalty', 'email', 'warehouse'] as const
export type Service = (typeof services)[number]

const root = resolve(import.meta.dirname, '../../..')
const upper = (service: Service) => service.toUpperCase() as Uppercase<Service>

export const portOf = ({ ports }: Site, service: Service): number => ports[`${upper(service)}_PORT` satisfies PortName]
export const urlOf = (port: number) => `http://127.0.0.1:${port}`
export const brokersOf = ({ ports }: Site) => [`127.0.0.1:${ports.KAFKA_PORT}`]
/** Who has a database of its own: every service, and the console for what it has read. */
export const databases = [...services, 'console'] as const
export const databaseOf = ({ ports }: Site, name: (typeof databases)[number]) =>
  `postgres://${name}:${name}@127.0.0.1:${ports.POSTGRES_PORT}/${name}`
const logOf = ({ dir }: Site, name: string) => join(dir, 'logs', `${name}.log`)

export const kafka = (site: Site, onProgress: (text: string) => void): Part => ({
  name: 'kafka',
  firstTries: 1,
  async start() {
    const { KAFKA_PORT: port } = site.ports
    const broker = await startKafka({ port, dataDir: join(site.dir, 'kafka'), log: logOf(site, 'kafka'), onProgress })
    return { ...broker.process, stop: broker.stop }
  },
})

export const postgres = (site: Site): Part => ({
  name: 'postgres',
  firstTries: 1,
  async start() {
    const settings = { track_commit_timestamp: 'on' } // latencies are read from the commits themselves
    const options = { port: site.ports.POSTGRES_PORT, dataDir: join(site.dir, 'postgres'), log: logOf(site, 'postgres'), settings }
    return (await startPostgres(options)).process
  },
})

export const adminUrl = ({ ports }: Site) => `postgres://postgres:postgres@127.0.0.1:${ports.POSTGRES_PORT}/postgres`

export const psp = (site: Site) => {
  const { PSP_PORT } = site.ports
  return program(site, 'psp', 'apps/psp/src/main.ts', PSP_PORT, { PSP_PORT: String(PSP_PORT), PSP_DATA: join(site.dir, 'psp') })
}

export const mail = (site: Site) => {
  const { MAIL_PORT, MAIL_SMTP_PORT } = site.ports
  const env = { MAIL_PORT: String(MAIL_PORT), MAIL_SMTP_PORT: String(MAIL_SMTP_PORT), MAIL_DATA: join(site.dir, 'mail') }
  return program(site, 'mail', 'apps/mail/src/main.ts', MAIL_PORT, env)
}

export const consolePart = (site: Site) => {
  const { CONSOLE_PORT, MAIL_PORT, PSP_PORT } = site.ports
  const env = {
    PORT: String(CONSOLE_PORT),
    DATABASE_URL: databaseOf(site, 'console'),
    KAFKA_BROKERS: brokersOf(site).join(),
    OPS_TOKEN: site.opsToken,
    CONSOLE_HANDS_OVER_TOKEN: 'true',
    MAIL_LINK: urlOf(MAIL_PORT),
    ...{ BREAK_IT: 'true', PSP_URL: urlOf(PSP_PORT), MAIL_URL: urlOf(MAIL_PORT) },
    ...(site.controlUrl && { DEMO_CONTROL_URL: site.controlUrl }),
    ...Object.fromEntries(services.map((name) => [`${upper(name)}_URL`, urlOf(portOf(site, name))])),
  }
  return program(site, 'console', 'apps/console/src/main.ts', CONSOLE_PORT, env)
}

/** Points are held 10 s and a cancel is taken for 30 s, so that both can be watched. */
const policy = { LOYALTY_HOLD_MS: '10000', CANCEL_WINDOW_MS: '30000' }

export const service = (site: Site, name: Service): Part =>
  program(site, name, `services/${name}/src/main.ts`, portOf(site, name), {
    PORT: String(portOf(site, name)),
    DATABASE_URL: databaseOf(site, name),
    KAFKA_BROKERS: brokersOf(site).join(),
    OPS_TOKEN: site.opsToken,
    PSP_URL: urlOf(site.ports.PSP_PORT),
    SMTP_URL: `smtp://127.0.0.1:${site.ports.MAIL_SMTP_PORT}`,
    ...policy,
  })

type Env = Readonly<Record<string, string>>

/** One of our own programs, as a process of its own; ready when `/readyz` says so. */
const program = (site: Site, name: string, script: string, port: number, env: Env): Part => ({
  name,
  async start(unwanted) {
    const process = startProcess({
      name,
      command: globalThis.process.execPath,
      args: [...nodeFlags, join(root, script)],
      env: {
        LOG_LEVEL: globalThis.process.env.LOG_LEVEL || 'info',
        HOST: '127.0.0.1',
        ...env,
        NODE_COMPILE_CACHE: join(root, '.cache/node'),
      },
      log: logOf(site, name),
    })
    await ready(process, urlOf(port), unwanted)
    return process
  },
})

async function ready(process: RunningProcess, url: string, unwanted: AbortSignal): Promise<void> {
  const look = async () => (process.exit() && 'it ended') || (unwanted.aborted && 'unwanted') || ((await isReady(url)) && 'ready')
  const found = await waitFor(look, { deadline: 60_000, every: 100, what: `${url}/readyz` }).catch((late: Error) => late.message)
  if (found === 'ready') return
  await process.stop()
  throw new Error(process.tail() || found)
}

const isReady = async (url: string) => (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok
