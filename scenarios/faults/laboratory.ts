import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { CrashPoint } from '@quadrille/messaging'
import { type ServiceName, serviceNames, waitFor, withClient } from '@quadrille/testing'
import type { InstanceName } from '../stack/processes.ts'
import { type Stack, startStack } from '../stack/stack.ts'
import { type Server, startServers } from './servers.ts'
import { type Wires, wireUp } from './wires.ts'

const run = promisify(execFile)

/** The whole system with a proxy on every way between its parts, and servers that can be hurt. */
export interface Laboratory {
  readonly stack: Stack
  readonly kafka: Server
  readonly postgres: Server
  readonly wires: Wires
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

export async function startLaboratory(): Promise<Laboratory> {
  const servers = await startServers()
  let wires: Wires | undefined
  const stack = await startStack({
    env: windows,
    infra: async () => servers.infra,
    async wire(environments) {
      const wired = await wireUp(environments, servers.doors)
      wires = wired.wires
      return wired.environments
    },
  })
  const ways = () => Object.values(wires!)
  return {
    stack,
    kafka: servers.kafka,
    postgres: servers.postgres,
    wires: wires!,
    ...tortures(stack),
    calm() {
      for (const wire of ways()) wire.become({})
    },
    async close() {
      await stack.close()
      await Promise.all(ways().map((wire) => wire.close()))
    },
  }
}

const WITHIN_MS = 60_000

/** What can be done to a process at a named point. */
function tortures(stack: Stack): Pick<Laboratory, 'die' | 'crash' | 'freeze'> {
  async function die(name: ServiceName, plan: string) {
    await stack.stop(name)
    const doomed = await stack.launch(name, { CRASH_AT: plan })
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
