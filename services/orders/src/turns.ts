import { codeOf } from '@quadrille/messaging'
import { HttpProblem, type Running, unavailable } from '@quadrille/service-kit'
import type { CancelOrder, PlaceOrder } from './order.ts'

const LONGEST_COMMAND_MS = 5_000
const LONGEST_TURN_MS = 2_000
const LOCK_NOT_AVAILABLE = '55P03'

const stillBusy = () =>
  new HttpProblem(409, 'in-progress', 'A request with this Idempotency-Key is still under way', { headers: { 'retry-after': '1' } })

/** Hands a command to the collector and waits for its commit. A key that another process holds for 2 s is reported as busy. */
export async function submitted<Reply>(
  { submit }: Pick<Running, 'submit'>,
  name: string,
  command: PlaceOrder | CancelOrder,
  key?: string,
): Promise<Reply> {
  try {
    const late = () => unavailable('the order could not be saved in time')
    return (await within(LONGEST_COMMAND_MS, submit(name, command), late)) as Reply
  } catch (error) {
    throw key !== undefined && codeOf(error) === LOCK_NOT_AVAILABLE ? stillBusy() : error
  }
}

/**
 * A request waits for an earlier one under its key, at most 2 s. A courtesy of this process alone: that two of them make one
 * order is the database's doing.
 */
export function createTurns(longestMs = LONGEST_TURN_MS) {
  const underWay = new Map<string, Promise<unknown>>()
  return async function inTurn<T>(key: string | undefined, ask: () => Promise<T>): Promise<T> {
    if (key === undefined) return ask()
    const first = underWay.get(key)
    if (first !== undefined) {
      await within(
        longestMs,
        first.catch(() => undefined),
        stillBusy,
      )
      return ask()
    }
    const turn = ask().finally(() => underWay.delete(key))
    underWay.set(key, turn)
    return turn
  }
}

/** Gives up after `ms`. What was asked for goes on, and may still happen. */
function within<T>(ms: number, asked: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms)
    asked.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
