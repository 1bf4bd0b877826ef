/** Where a part of the system listens. */
export interface Address {
  readonly name: string
  readonly url: string
  /** The variable that moves it. */
  readonly variable: string
  /** Somebody set it: then it must answer. */
  readonly chosen: boolean
}

type Env = Readonly<Record<string, string | undefined>>
export type Addresses = ReturnType<typeof readAddresses>

/** The same for the demo and for compose; every one can be moved, by its port or as a whole. */
export function readAddresses(env: Env) {
  const at = (name: string, variable: string, usual: string): Address => {
    const url = env[variable]?.replace(/\/$/, '')
    return { name, variable, url: url || usual, chosen: Boolean(url) }
  }
  const local = (name: string, usualPort: number) => {
    const part = name.toUpperCase()
    return at(name, `${part}_URL`, `http://127.0.0.1:${env[`${part}_PORT`] || usualPort}`)
  }
  const grafana = local('grafana', 3030)
  return {
    orders: local('orders', 3001),
    console: local('console', 3000),
    mail: local('mail', 8025),
    prometheus: local('prometheus', 9090),
    grafana,
    // Compose publishes no port of the trace store: people reach it through Grafana, and so do we.
    traces: at('traces', 'TRACES_URL', `${grafana.url}/api/datasources/proxy/uid/traces`),
  }
}
