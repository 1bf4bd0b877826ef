import { type Data, type OrderPlaced, PaymentCaptured, PaymentFailed } from '@quadrille/contracts'
import {
  type Answered,
  type Attempt,
  type Decision,
  defineService,
  describeEffect,
  type Handler,
  ignore,
  performed,
  type StateStore,
} from '../src/index.ts'

// Type tests: this file is checked by tsc, never run. Each line under @ts-expect-error must not compile.

interface Toy {
  readonly orderId: string
  readonly stop: boolean
}
interface Charge {
  readonly orderId: string
  readonly total: number
}
type On<C> = Handler<Toy, Data<C>>
type Answer = 'captured' | 'declined'

const initial = (orderId: string): Toy => ({ orderId, stop: false })
const store = {} as StateStore<Toy>
const charge = describeEffect('charge', { key: ({ orderId }: Charge) => `capture:${orderId}`, wanted: (toy: Toy) => !toy.stop })
const refund = describeEffect('refund', { key: ({ orderId }: Charge) => `refund:${orderId}`, wanted: () => true })
const post = async ({ total }: Charge, { world }: Attempt<{ psp: string }>): Promise<Answer> =>
  world.psp && total ? 'captured' : 'declined'

const placed = ((toy, { orderId, total }) => ({ state: { ...toy }, effects: [charge({ orderId, total })] })) satisfies On<
  typeof OrderPlaced
>
const fails = ((toy, { orderId }) => ({ state: toy, events: [PaymentFailed({ orderId, reason: 'x' })] })) satisfies On<typeof OrderPlaced>
const stopped = ((toy) => ({ state: { ...toy, stop: true } })) satisfies On<unknown>
const charged = (toy: Toy, { orderId, total, answer }: Answered<Charge, Answer>) =>
  answer === 'captured'
    ? { state: toy, events: [PaymentCaptured({ orderId, amount: total, currency: 'EUR', reference: 'r' })] }
    : { state: toy }
const narrow = (toy: Toy, _: Answered<Charge, 'captured'>) => ({ state: toy })
const refunds = (toy: Toy, { orderId, total }: Answered<Charge, Answer>) => ({ state: toy, effects: [refund({ orderId, total })] })

const effects = [performed(charge, post, charged)] as const
const base = { name: 'toy', initial, store, emits: [PaymentCaptured], effects } as const
const whole = { OrderPlaced: placed, OrderCancelled: stopped }

defineService({ ...base, consumes: { orders: whole } })
defineService({ ...base, consumes: { orders: { OrderPlaced: placed, OrderCancelled: ignore } } })
defineService({
  ...base,
  consumes: {},
  commands: {
    cancel: (toy: Toy, _: { orderId: string }): Decision<Toy, never, never, never> & { reply: string } => ({ state: toy, reply: 'ok' }),
  },
})

// @ts-expect-error an event of a consumed topic that is neither handled nor ignored
defineService({ ...base, consumes: { orders: { OrderPlaced: placed } } })
// @ts-expect-error an event the service does not declare
defineService({ ...base, consumes: { orders: { ...whole, OrderPlaced: fails } } })
// @ts-expect-error an effect nobody performs
defineService({ ...base, effects: [], consumes: { orders: whole } })
// @ts-expect-error an answer its outcome cannot read
performed(charge, post, narrow)
// @ts-expect-error an outcome that asks for an effect nobody performs
defineService({ ...base, effects: [performed(charge, post, refunds)], consumes: { orders: whole } })
// @ts-expect-error an outcome that emits an undeclared event
defineService({ ...base, emits: [PaymentFailed], consumes: { orders: whole } })
defineService({
  ...base,
  consumes: {},
  commands: {
    // @ts-expect-error a command that emits an undeclared event
    fail: (toy: Toy, { orderId }: { orderId: string }) => ({ state: toy, reply: 1, events: [PaymentFailed({ orderId, reason: 'x' })] }),
  },
})
// @ts-expect-error a handler of another event
defineService({ ...base, consumes: { orders: { ...whole, OrderCancelled: placed } } })
