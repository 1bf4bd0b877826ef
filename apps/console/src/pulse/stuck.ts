import type { Outbox, Service } from '@quadrille/ops'
import type { ServicePulse } from '../api-types.ts'
import type { Ask } from './ask.ts'

const PAGE = 500
// Each letter comes with its headers and payload, of which nothing is kept; more than so many orders are no list to read any more.
const MOST_PAGES = 4
// One letter may go while another comes, and no count tells.
const AGAIN_MS = 10_000

interface Letter {
  readonly id: string
  readonly orderId: string | null
}

/** Which orders go no further by themselves: those with an open letter, or that a relay has set aside. Asked for when the counts have changed, and now and then. */
export function createStuck(ask: Ask, now = Date.now) {
  const known = new Map<Service, { readonly counts: string; readonly orders: readonly string[] }>()
  return {
    /** Tells the orders that have become stuck, or are no longer. */
    async look(services: readonly ServicePulse[]): Promise<string[]> {
      const before = new Set(orders())
      await Promise.all(services.map((service) => lookAt(service).catch(() => undefined))) // what cannot be understood tells nothing
      return differing(before, new Set(orders()))
    },
    /** Undefined while no service has told. */
    orders: () => (known.size === 0 ? undefined : new Set(orders())),
  }

  function orders(): string[] {
    return [...known.values()].flatMap(({ orders }) => orders)
  }
  async function lookAt({ name, letters, outbox }: ServicePulse): Promise<void> {
    if (!letters || !outbox) return
    const some = letters.open + outbox.parked > 0
    const counts = JSON.stringify([letters, outbox.parked, some && Math.floor(now() / AGAIN_MS)])
    if (known.get(name)?.counts === counts) return
    const found = await Promise.all([letters.open > 0 ? ofLetters(name) : [], outbox.parked > 0 ? ofOutbox(name) : []])
    if (found.every((some) => some !== undefined)) known.set(name, { counts, orders: found.flat() })
  }
  async function ofLetters(name: Service): Promise<string[] | undefined> {
    const letters: Letter[] = []
    for (let page = 0; page < MOST_PAGES; page++) {
      const after = letters.at(-1)?.id
      const more = await ask.admin<Letter[]>(name, `/dead-letters?open=true&limit=${PAGE}${after ? `&after=${after}` : ''}`)
      if (!more) return undefined
      letters.push(...more.map(({ id, orderId }) => ({ id, orderId })))
      if (more.length < PAGE) break
    }
    return letters.flatMap(({ orderId }) => orderId ?? [])
  }
  async function ofOutbox(name: Service): Promise<string[] | undefined> {
    return (await ask.admin<Outbox>(name, '/outbox'))?.parked.flatMap(({ key }) => key ?? [])
  }
}

/** What stands in one of the two alone. */
export const differing = (before: ReadonlySet<string>, after: ReadonlySet<string>): string[] => [
  ...[...after].filter((id) => !before.has(id)),
  ...[...before].filter((id) => !after.has(id)),
]
