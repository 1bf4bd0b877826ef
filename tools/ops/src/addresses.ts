import type { Emitter } from '@quadrille/contracts'

/** Every service has the operators' API; in the order in which an order meets them. */
export const services = ['orders', 'payments', 'warehouse', 'loyalty', 'email'] as const satisfies readonly Emitter[]
export type Service = (typeof services)[number]

export type Env = Readonly<Record<string, string | undefined>>

/** Where a part of the system listens. */
export interface Address {
  readonly name: string
  readonly url: string
  /** The variable that moves it. */
  readonly variable: string
}

export interface Addresses {
  readonly services: Readonly<Record<Service, Address>>
  readonly console: Address
  readonly brokers: readonly string[]
}

const usualPorts = { orders: 3001, payments: 3002, warehouse: 3005, loyalty: 3003, email: 3004, console: 3000 } as const

/** The demo's ports; every one can be moved, by its port or as a whole. */
export function readAddresses(env: Env): Addresses {
  const at = (name: keyof typeof usualPorts): Address => {
    const part = name.toUpperCase()
    const url = env[`${part}_URL`] || `http://127.0.0.1:${env[`${part}_PORT`] || usualPorts[name]}`
    return { name, url: url.replace(/\/$/, ''), variable: `${part}_URL` }
  }
  return {
    services: Object.fromEntries(services.map((name) => [name, at(name)])) as Record<Service, Address>,
    console: at('console'),
    brokers: (env.KAFKA_BROKERS || `127.0.0.1:${env.KAFKA_PORT || 9092}`).split(','),
  }
}
