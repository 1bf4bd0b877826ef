import type { Trx } from '@quadrille/messaging'
import { handlers, LONG_PAUSE_MS, type Service } from '@quadrille/ops'
import type { ServicePulse } from '../api-types.ts'
import type { GroupLag, PartitionLag } from '../lag.ts'
import { heldOrders } from '../model/look.ts'
import type { LagView } from '../reader.ts'
import { differing } from './stuck.ts'

export interface HeldOptions {
  readonly lag: () => Pick<LagView, 'lag' | 'stale'>
  readonly trx: Trx
  readonly now?: () => number
}

interface Order {
  readonly orderId: string
  /** When its oldest unread event happened. */
  readonly since: number
}

/** Which orders wait for a service that reads nothing, since it is paused or gone: what is in Kafka for it, as far as the console has read that. */
export function createHeld({ lag, trx, now = Date.now }: HeldOptions) {
  const known = new Map<Service, readonly Order[]>()
  const late = () => [...known.values()].flat().flatMap(({ orderId, since }) => (now() - since > LONG_PAUSE_MS ? orderId : []))
  return {
    /** Tells the orders that wait too long now, or no longer. */
    async look(services: readonly ServicePulse[]): Promise<string[]> {
      const { lag: last, stale } = lag()
      if (!last || stale) return []
      const before = new Set(late())
      await Promise.all(services.map((service) => lookAt(service, last.groups).catch(() => undefined))) // the database may be away
      return differing(before, new Set(late()))
    },
    /** Those that wait longer than a moment's work takes. */
    late,
    /** Undefined where it reads. */
    by: (service: Service) => known.get(service)?.length,
  }

  async function lookAt(service: ServicePulse, groups: readonly GroupLag[]): Promise<void> {
    const group = groups.find((one) => one.group === service.name)
    if (!group || reads(service, group)) known.delete(service.name)
    else known.set(service.name, await heldOrders(trx, typesOf(service.name), group.partitions.filter(isBehind)))
  }
}

export type Held = ReturnType<typeof createHeld>

const reads = ({ paused, up }: ServicePulse, { members }: GroupLag) => paused === null && up && members > 0

const isBehind = ({ lag, high }: PartitionLag) => (lag === null ? high > 0 : lag > 0)

const typesOf = (service: Service) => Object.keys(handlers).filter((type) => handlers[type]!.includes(service))
