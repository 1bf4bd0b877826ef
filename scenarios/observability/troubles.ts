import { remedyOf, withClient } from '@quadrille/testing'
import { composeUp, type OwnWords } from '../stack/shell.ts'
import { noEvent, plant, readersOf } from '../stack/witnesses.ts'
import type { Watched } from './watched.ts'

/** One thing that goes wrong, what must be told, and how it is mended: as its runbook says. */
export interface Trouble {
  readonly what: string
  readonly alerts: readonly string[]
  make(watched: Watched): Promise<unknown>
  mend(watched: Watched): Promise<unknown>
}

/** Types what a runbook says, which must do it. */
async function typed({ stack }: Watched, line: string, own?: OwnWords) {
  const { exit, out, err } = await stack.type(line, own)
  if (exit !== 0) throw new Error(`${line} ended with ${exit}: ${out}${err}`)
}

const poison: Trouble = {
  what: 'bytes that are no event',
  alerts: ['DeadLetters payments', 'DeadLetters loyalty'],
  make: ({ stack }) => plant(stack, 'orders.v1', noEvent),
  async mend(watched) {
    for (const service of readersOf('orders.v1')) {
      const { id } = await watched.stack.shop.letterAt(service, 'UNDECODABLE')
      await typed(watched, remedyOf('dead-letters.md', /discard payments\/7/), { instead: { 'payments/7': `${service}/${id}` } })
    }
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
  async mend(watched) {
    await watched.stack.stop('warehouse')
    await watched.stack.start('warehouse')
    await typed(watched, remedyOf('parked-keys.md', /ops dlq redrive/))
  },
}

const providerDown: Trouble = {
  what: 'the payment provider is down',
  alerts: ['EffectsWaiting payments charge-card'],
  make: ({ stack }) => stack.turn('psp', { down: true }),
  mend: (watched) => typed(watched, remedyOf('effects-waiting.md', /3010\/switch/)),
}

const consumerStopped: Trouble = {
  what: 'email is stopped',
  alerts: ['ServiceDown email', 'ConsumerWithoutMembers email', 'ConsumerBehind email'],
  make: ({ stack }) => stack.stop('email'),
  mend: ({ stack }) => composeUp(stack, remedyOf('service-down.md', /compose up -d payments/), { payments: 'email' }),
}

const atLoyalty = ({ stack }: Watched, statement: string) =>
  withClient(stack.targets.databases.loyalty, (client) => client.query(statement))

const taken = "update outbox_lease set owner = 'one that hangs', term = term + 1, lease_until = now() + interval '1 hour'"

const leaseTaken: Trouble = {
  what: 'an instance that hangs keeps the lease of loyalty',
  alerts: ['NoActiveRelay loyalty'],
  make: (watched) => atLoyalty(watched, taken),
  mend: (watched) => atLoyalty(watched, remedyOf('outbox-stuck.md', /update outbox_lease/)),
}

const cutOff: Trouble = {
  what: 'orders cannot reach Kafka',
  alerts: ['OutboxStuck orders', 'RelayPublishesNothing orders', 'ConsumerWithoutMembers orders'],
  async make({ wires }) {
    wires['orders-kafka'].become({ refuse: true })
    wires['orders-kafka'].reset()
  },
  /** Nothing is typed: when Kafka is back, the relay is too. */
  async mend({ wires }) {
    wires['orders-kafka'].become({})
  },
}

/** In the order in which they can be made: orders is cut off last, since the others need its events. */
export const troubles: readonly Trouble[] = [poison, failingHandler, providerDown, consumerStopped, leaseTaken, cutOff]
