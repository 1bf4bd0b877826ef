import { createProxy, type ServiceName, serviceNames, type TcpProxy } from '@quadrille/testing'
import type { Environment, Environments } from '../stack/processes.ts'
import type { Door } from './servers.ts'

/** Every way between two parts, each through a proxy of its own: `payments-kafka`, `payments-postgres`, `payments-psp`, `email-smtp`. */
export type Wire = `${ServiceName}-${'kafka' | 'postgres'}` | 'payments-psp' | 'email-smtp'
export type Wires = Readonly<Record<Wire, TcpProxy>>

/** Those that lead to the same: `kafka`, `postgres`. */
export const waysTo = (wires: Wires, to: string) =>
  (Object.keys(wires) as Wire[]).filter((wire) => wire.endsWith(`-${to}`)).map((wire) => wires[wire])

/** How often that has happened on all of these together. */
export const bitten = (ways: readonly TcpProxy[], kind: keyof TcpProxy['bites']) => ways.reduce((sum, { bites }) => sum + bites[kind], 0)

/** Lets the answers to so many such requests vanish on each; tells how many did. */
export async function loseAnswers(ways: readonly TcpProxy[], ...which: Parameters<TcpProxy['loseAnswers']>): Promise<number> {
  const before = bitten(ways, 'lostAnswers')
  await Promise.all(ways.map((way) => way.loseAnswers(...which)))
  return bitten(ways, 'lostAnswers') - before
}

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
