import type { Faults, Life, Scheduler } from '@quadrille/testing/memory'
import type { Deployment } from './fleet.ts'
import type { PlannedOrder } from './plan.ts'

/** An order that was asked for, and what came of it. */
export interface AskedOrder {
  readonly planned: PlannedOrder
  readonly total: number
  /** Every id that was answered under the order's key: one, or something is broken. */
  readonly answeredIds: Set<string>
  readonly cancelReplies: { kind: string; by: string }[]
  done: boolean
}

interface Reply {
  readonly kind: string
  readonly order?: { readonly orderId: string }
}

export interface CustomersOptions {
  readonly scheduler: Scheduler
  readonly faults: Faults
  readonly orders: Deployment
  readonly newId: () => string
}

/** Customers over HTTP: whoever hears nothing asks again under the same Idempotency-Key. */
export function createCustomers({ scheduler, faults, orders, newId }: CustomersOptions) {
  const { chance } = scheduler

  async function order(planned: PlannedOrder): Promise<void> {
    const life = scheduler.begin('customer')
    const total = planned.items.reduce((sum, { price, quantity }) => sum + price * quantity, 0)
    const asked: AskedOrder = { planned, total, answeredIds: new Set(), cancelReplies: [], done: false }
    all.push(asked)
    const command = () => commandOf(planned, total, newId)
    const place = async () => asked.answeredIds.add((await ask(life, 'place', command)).order!.orderId)
    if (planned.twice) faults.note('askedTwice')
    await Promise.all(planned.twice ? [place(), place()] : [place()])
    const [orderId] = asked.answeredIds
    for (const { by, afterMs } of planned.cancels) {
      await scheduler.rest(life, afterMs)
      const { kind } = await ask(life, by, () => ({ orderId: orderId! }))
      asked.cancelReplies.push({ kind, by })
      faults.note(`${by}: ${kind}`)
    }
    asked.done = true
  }

  async function ask(life: Life, name: string, command: () => { orderId: string }): Promise<Reply> {
    for (;;) {
      await scheduler.step(life)
      const { processes } = orders
      if (processes.length > 0) {
        const process = chance.pick(processes)
        const died = new Promise<undefined>((resolve) => process.life.onEnd(() => scheduler.post(life, () => resolve(undefined))))
        const reply = await Promise.race([process.submit(name, command(), {}), died]).catch(() => undefined)
        if (reply) return reply as Reply
        faults.note('askedAgain')
      }
      await scheduler.rest(life, 50 + chance.below(300))
    }
  }

  const all: AskedOrder[] = []
  return { order, all: all as readonly AskedOrder[] }
}

/** As the route makes it of a request: new ids each time it is asked. */
function commandOf({ customerId, key, token, items }: PlannedOrder, total: number, newId: () => string) {
  const idempotency = { key: `${customerId}\u001f${key}`, fingerprint: key }
  const customer = { id: customerId, email: `${customerId}@example.com` }
  return { orderId: newId(), correlationId: newId(), customer, items, total, currency: 'EUR', paymentToken: token, idempotency }
}
