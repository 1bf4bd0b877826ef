import { createProxy, type ServiceName, serviceNames, type TcpProxy } from '@quadrille/testing'
import type { Environment, ProcessName } from '../stack/processes.ts'
import type { Door } from './servers.ts'

/** Every way between two parts, each through a proxy of its own: `payments-kafka`, `payments-postgres`, `payments-psp`, `email-smtp`. */
export type Wire = `${ServiceName}-${'kafka' | 'postgres'}` | 'payments-psp' | 'email-smtp'
export type Wires = Readonly<Record<Wire, TcpProxy>>

type Environments = Readonly<Record<ProcessName, Environment>>

/** Puts a proxy between each service and everything it talks to. */
export async function wireUp(environments: Environments, doors: Readonly<Record<string, Door>>) {
  const wires: Record<string, TcpProxy> = {}
  const changed: Record<string, Environment> = { ...environments }

  async function through(name: ServiceName, variable: string, wire: string) {
    const url = new URL(environments[name][variable]!)
    const proxy = await createProxy({ host: url.hostname, port: Number(url.port) })
    url.port = String(proxy.address.port)
    wires[wire] = proxy
    changed[name] = { ...changed[name], [variable]: url.href.replace(/\/$/, '') }
  }

  for (const name of serviceNames) {
    await through(name, 'DATABASE_URL', `${name}-postgres`)
    const proxy = doors[name]?.proxy
    if (!proxy) continue
    wires[`${name}-kafka`] = proxy
    changed[name] = { ...changed[name], KAFKA_BROKERS: `${proxy.address.host}:${proxy.address.port}` }
  }
  await through('payments', 'PSP_URL', 'payments-psp')
  await through('email', 'SMTP_URL', 'email-smtp')
  return { wires: wires as Wires, environments: changed as Environments }
}
