import type { CrashPoint } from '@quadrille/messaging'
import { type ServiceName, serviceNames, waitFor } from '@quadrille/testing'
import { type Stack, startStack } from '../stack/stack.ts'
import { type Server, startServers } from './servers.ts'
import { type Wires, wireUp } from './wires.ts'

/** The whole system with a proxy on every way between its parts, and servers that can be hurt. */
export interface Laboratory {
  readonly stack: Stack
  readonly kafka: Server
  readonly postgres: Server
  readonly wires: Wires
  /** Kills these services at the n-th passing of a point under the load that runs, waits until they are dead, and starts them again. */
  crash(point: CrashPoint, services?: readonly ServiceName[], passing?: number): Promise<void>
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
    async crash(point, services = serviceNames, passing = 2) {
      await Promise.all(services.map((name) => crash(stack, name, `${point}:${passing}`)))
    },
    calm() {
      for (const wire of ways()) wire.become({})
    },
    async close() {
      await stack.close()
      await Promise.all(ways().map((wire) => wire.close()))
    },
  }
}

const DIES_WITHIN_MS = 60_000

async function crash(stack: Stack, name: ServiceName, plan: string) {
  await stack.stop(name)
  const doomed = await stack.launch(name, { CRASH_AT: plan })
  const dead = () => doomed.exit()
  const { signal } = await waitFor(dead, { deadline: DIES_WITHIN_MS, what: `${name} to die at ${plan}`, diagnose: doomed.tail })
  if (signal !== 'SIGKILL') throw new Error(`${name} should die at ${plan}, and ended otherwise:\n${doomed.tail()}`)
  await stack.start(name)
}
