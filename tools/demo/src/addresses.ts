import { assertPortFree } from '@quadrille/testing/servers'
import { Refusal } from './arguments.ts'

/** Every port the demo listens on, by the variable that moves it. */
export const usualPorts = {
  CONSOLE_PORT: 3000,
  ORDERS_PORT: 3001,
  PAYMENTS_PORT: 3002,
  LOYALTY_PORT: 3003,
  EMAIL_PORT: 3004,
  WAREHOUSE_PORT: 3005,
  PSP_PORT: 3010,
  MAIL_SMTP_PORT: 1025,
  MAIL_PORT: 8025,
  KAFKA_PORT: 9092,
  POSTGRES_PORT: 15432,
} as const

export type PortName = keyof typeof usualPorts
export type Ports = Readonly<Record<PortName, number>>

const names = Object.keys(usualPorts) as PortName[]

/** The ports as the environment has them; every problem in one refusal. */
export function readPorts(env: NodeJS.ProcessEnv): Ports {
  const ports = Object.fromEntries(names.map((name) => [name, Number(env[name] || usualPorts[name])])) as Record<PortName, number>
  const wrong = names.filter((name) => !Number.isInteger(ports[name]) || ports[name] < 1 || ports[name] > 65_535)
  if (wrong.length > 0) throw new Refusal(wrong.map((name) => `${name}=${env[name]} is not a port`).join('\n'))
  const twice = names.filter((name, index) => names.findIndex((other) => ports[other] === ports[name]) !== index)
  if (twice.length > 0) throw new Refusal(twice.map((name) => `${name} is ${ports[name]}, which another port is too`).join('\n'))
  return ports
}

/** Where the demo itself listens, for the console's "Break it"; any free port, if not said otherwise. */
export function readControlPort({ CONTROL_PORT = '0' }: NodeJS.ProcessEnv): number {
  const port = Number(CONTROL_PORT)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new Refusal(`CONTROL_PORT=${CONTROL_PORT} is not a port`)
}

/** Names each taken port and the variable that moves it, before anything is started. */
export async function refuseTakenPorts(ports: Ports): Promise<void> {
  const taken = await takenPorts(ports)
  if (taken.length === 0) return
  const lines = taken.map(
    (name) =>
      `port ${ports[name]} is taken: stop what uses it, or choose another one with ${name}, for example ${name}=${(ports[name] % 50_000) + 10_000}`,
  )
  throw new Refusal(lines.join('\n'))
}

/** The ports on which somebody listens already. */
export async function takenPorts(ports: Ports): Promise<PortName[]> {
  const free = await Promise.all(
    names.map((name) =>
      assertPortFree(ports[name], name).then(
        () => true,
        () => false,
      ),
    ),
  )
  return names.filter((_, index) => !free[index])
}
