import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { CrashPoint } from '@quadrille/messaging'
import { type KafkaCluster, type ServiceName, serviceNames, waitFor, withClient } from '@quadrille/testing'
import type { InstanceName } from '../stack/processes.ts'
import { type Stack, startStack } from '../stack/stack.ts'
import { deny, type Rule } from './rights.ts'
import { type Kind, type Server, type Servers, startServers } from './servers.ts'
import { type Wires, wireUp } from './wires.ts'

const run = promisify(execFile)

/** The whole system with a proxy on every way between its parts, and servers that can be hurt. */
export interface Laboratory {
  readonly stack: Stack
  readonly kafka: Server
  readonly postgres: Server
  readonly wires: Wires
  /** Where there are three brokers. */
  readonly cluster?: KafkaCluster
  /** Where they are small enough to be filled. */
  readonly disks?: Servers['disks']
  /** Takes a right from a service at the broker, until the promise's function gives it back. */
  deny(service: ServiceName, rule: Rule): Promise<() => Promise<void>>
  /** Kills a service at the n-th passing of a point under the load that runs: `after-ack:2`; resolves when it is dead. */
  die(service: ServiceName, plan: `${CrashPoint}:${number}`): Promise<void>
  /** The same to several, and starts them again. */
  crash(point: CrashPoint, services?: readonly ServiceName[], passing?: number): Promise<void>
  /** Freezes a service at a point; resolves when it stands still. `SIGCONT` thaws it. */
  freeze(service: ServiceName, plan: `${CrashPoint}:${number}`): Promise<void>
  /** Every network is well again. */
  calm(): void
  close(): Promise<void>
}

// The waits of the business, shortened: a run is over in seconds, and half of the cancels still come in time.
const windows = {
  orders: { CANCEL_WINDOW_MS: '2000' },
  loyalty: { LOYALTY_HOLD_MS: '2000' },
  psp: { PSP_SLOW_MS: '1000' },
}

export async function startLaboratory(kind?: Kind): Promise<Laboratory> {
  const servers = await startServers(kind)
  let wires = {} as Wires
  const ways = () => Object.values(wires)
  const closeWays = () => Promise.all(ways().map((way) => way.close()))
  const stack = await startStack({
    env: windows,
    infra: async () => servers.infra,
    async wire(environments) {
      const wired = await wireUp(environments, servers.doors)
      wires = wired.wires
      return wired.environments
    },
  }).catch(async (error) => {
    await closeWays()
    throw error
  })
  return {
    stack,
    kafka: servers.kafka,
    postgres: servers.postgres,
    wires,
    cluster: servers.cluster,
    disks: servers.disks,
    deny: (service, rule) => deny(stack.targets, servers.doors[service]!.host, rule),
    ...tortures(stack),
    calm() {
      for (const wire of ways()) wire.become({})
    },
    async close() {
      await stack.close()
      await closeWays()
    },
  }
}

const WITHIN_MS = 60_000

/** What can be done to a process at a named point. */
function tortures(stack: Stack): Pick<Laboratory, 'die' | 'crash' | 'freeze'> {
  async function die(name: ServiceName, plan: string) {
    await stack.stop(name)
    const doomed = await stack.launch(name, { CRASH_AT: plan })
    void stack.ended(name)
    const what = { deadline: WITHIN_MS, what: `${name} to die at ${plan}`, diagnose: doomed.tail }
    const { signal } = await waitFor(() => doomed.exit(), what)
    if (signal !== 'SIGKILL') throw new Error(`${name} should die at ${plan}, and ended otherwise:\n${doomed.tail()}`)
  }

  async function crash(point: CrashPoint, services = serviceNames, passing = 2) {
    const one = async (name: ServiceName) => {
      await die(name, `${point}:${passing}`)
      await stack.start(name)
    }
    await Promise.all(services.map(one))
  }

  async function freeze(name: ServiceName, plan: string) {
    await stack.stop(name)
    const frozen = await stack.launch(name, { FREEZE_AT: plan })
    const what = { deadline: WITHIN_MS, what: `${name} to freeze at ${plan}`, diagnose: frozen.tail }
    await waitFor(async () => (await stateOf(frozen.pid)) === 'T', what)
  }

  return { die, crash, freeze }
}

/** `T` is stopped. */
export async function stateOf(pid: number): Promise<string> {
  const { stdout } = await run('ps', ['-o', 'state=', '-p', String(pid)])
  return stdout.trim()
}

/** The instance that is the active relay of its service. */
export async function relayOf(stack: Stack, service: ServiceName, instances: readonly InstanceName[]): Promise<InstanceName | undefined> {
  const { owner } = await leaseOf(stack, service)
  return instances.find((instance) => owner.startsWith(`${service}-${stack.pidOf(instance)}-`))
}

export const leaseOf = (stack: Stack, service: ServiceName) =>
  withClient(stack.targets.databases[service], async (client) => {
    const { rows } = await client.query<{ owner: string; term: number }>(
      `select case when lease_until > now() then coalesce(owner, '') else '' end as owner, term::int as term from outbox_lease`,
    )
    return rows[0]!
  })
