import { withClient } from '@quadrille/testing'
import type { Watched } from './watched.ts'

/** One thing that goes wrong, what must be told, and how it is mended: as its runbook says. */
export interface Trouble {
  readonly what: string
  readonly alerts: readonly string[]
  make(watched: Watched): Promise<unknown>
  mend(watched: Watched): Promise<unknown>
}

const readersOfOrders = ['payments', 'warehouse', 'loyalty', 'email'] as const

const poison: Trouble = {
  what: 'bytes that are no event',
  alerts: ['DeadLetters payments', 'DeadLetters loyalty'],
  make({ stack }) {
    stack.expectLetters(...readersOfOrders.map((consumer) => ({ consumer, code: 'UNDECODABLE', orderId: null })))
    return stack.produce('orders.v1', { key: null, value: Buffer.from([0xff, 0x00, 0xfe]) })
  },
  async mend({ stack: { shop } }) {
    for (const service of readersOfOrders) await shop.discard(service, (await shop.letterAt(service, 'UNDECODABLE')).id, 'not an event')
  },
}

const failingHandler: Trouble = {
  what: 'a handler that fails for one order',
  alerts: ['DeadLetters warehouse', 'OrdersParkedLong warehouse'],
  async make({ stack }) {
    await stack.stop('warehouse')
    const orderId = await stack.shop.place({ ends: 'dispatched' })
    stack.expectLetters({ consumer: 'warehouse', code: 'HANDLER', orderId })
    await stack.start('warehouse', { FAIL_HANDLER: `OrderPlaced:${orderId}` })
    await stack.shop.letterAt('warehouse', 'HANDLER')
  },
  async mend({ stack }) {
    const { id } = await stack.shop.letterAt('warehouse', 'HANDLER')
    await stack.stop('warehouse')
    await stack.start('warehouse')
    await stack.shop.redrive('warehouse', id)
  },
}

const providerDown: Trouble = {
  what: 'the payment provider is down',
  alerts: ['EffectsWaiting payments charge-card'],
  make: ({ stack }) => stack.turn('psp', { down: true }),
  mend: ({ stack }) => stack.turn('psp', { down: false }),
}

const consumerStopped: Trouble = {
  what: 'email is stopped',
  alerts: ['ServiceDown email', 'ConsumerWithoutMembers email', 'ConsumerBehind email'],
  make: ({ stack }) => stack.stop('email'),
  mend: ({ stack }) => stack.start('email'),
}

const leaseOfLoyalty = ({ stack }: Watched, values: string) =>
  withClient(stack.targets.databases.loyalty, (client) => client.query(`update outbox_lease set ${values}`))

const leaseTaken: Trouble = {
  what: 'an instance that hangs keeps the lease of loyalty',
  alerts: ['NoActiveRelay loyalty'],
  make: (watched) => leaseOfLoyalty(watched, `owner = 'one that hangs', term = term + 1, lease_until = now() + interval '1 hour'`),
  mend: (watched) => leaseOfLoyalty(watched, `owner = null, lease_until = '-infinity'`),
}

const cutOff: Trouble = {
  what: 'orders cannot reach Kafka',
  alerts: ['OutboxStuck orders', 'RelayPublishesNothing orders', 'ConsumerWithoutMembers orders'],
  async make({ wires }) {
    wires['orders-kafka'].become({ refuse: true })
    wires['orders-kafka'].reset()
  },
  async mend({ wires }) {
    wires['orders-kafka'].become({})
  },
}

/** In the order in which they can be made: orders is cut off last, since the others need its events. */
export const troubles: readonly Trouble[] = [poison, failingHandler, providerDown, consumerStopped, leaseTaken, cutOff]
