import { join } from 'node:path'
import { freePorts, type Infra, type ServiceName, serviceNames } from '@quadrille/testing'
import type { Environment, ProcessName } from './processes.ts'

/** Where every process of a stack listens, and the SMTP server beside the mail sink's page. */
export interface Places {
  readonly urls: Readonly<Record<ProcessName, string>>
  readonly smtpPort: string
}

const names: readonly ProcessName[] = [...serviceNames, 'psp', 'mail']

/** To be asked for when the servers run: two who look for free ports at the same time find the same ones. */
export async function freePlaces(): Promise<Places> {
  const ports = await freePorts(names.length + 1)
  const urls = Object.fromEntries(names.map((name, place) => [name, `http://127.0.0.1:${ports[place]}`]))
  return { urls: urls as Places['urls'], smtpPort: String(ports.at(-1)) }
}

/** What each process is told. */
export function environmentsOf(
  { kafka }: Infra,
  databases: Readonly<Record<ServiceName, string>>,
  { urls, smtpPort }: Places,
  dataDir: string,
  opsToken: string,
): Record<ProcessName, Environment> {
  const portOf = (name: ProcessName) => new URL(urls[name]).port
  const common = { KAFKA_BROKERS: kafka.brokers.join(), OPS_TOKEN: opsToken, LOYALTY_HOLD_MS: '3000', ORDERS_RATE_LIMIT: '0' }
  const outside = { PSP_URL: urls.psp, SMTP_URL: `smtp://127.0.0.1:${smtpPort}` }
  const service = (name: ServiceName): Environment => ({ ...common, ...outside, PORT: portOf(name), DATABASE_URL: databases[name] })
  return {
    ...(Object.fromEntries(serviceNames.map((name) => [name, service(name)])) as Record<ServiceName, Environment>),
    psp: { PSP_PORT: portOf('psp'), PSP_DATA: join(dataDir, 'psp') },
    mail: { MAIL_PORT: portOf('mail'), MAIL_SMTP_PORT: smtpPort, MAIL_DATA: join(dataDir, 'mail') },
  }
}
