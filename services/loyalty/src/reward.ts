import { type Data, type OrderCancelled, type OrderPlaced, type PaymentCaptured, PointsAwarded, PointsRevoked } from '@quadrille/contracts'
import { describeEffect, type Handler, type OrderFact } from '@quadrille/messaging'

/**
 * The points of one order: new → holding → awarded → revoked, or void where none are given. `stop` is never undone: the order was cancelled
 * or refunded, and while the points are held only their outcome tells what it means.
 */
export interface Reward {
  readonly orderId: string
  readonly status: 'new' | 'holding' | 'awarded' | 'revoked' | 'void'
  readonly paid: boolean
  readonly stop: boolean
  /** Both known once the order is. */
  readonly customerId: string | null
  readonly points: number | null
}

export interface Policy {
  /** How long after the decision the points are given, on the database clock. */
  readonly holdMs: number
}

type On<C> = Handler<Reward, Data<C>>

export const pointsFor = (total: number) => Math.floor(total / 100)

export const newReward = (orderId: string): Reward => ({ orderId, status: 'new', paid: false, stop: false, customerId: null, points: null })

/** What loyalty decides before the points are given, under a policy. */
export function createRewards({ holdMs }: Policy) {
  const awardPoints = describeEffect('award-points', {
    key: ({ orderId }: OrderFact) => `points:${orderId}`,
    wanted: (reward: Reward) => !reward.stop,
    delayMs: holdMs,
  })

  /** Of order and payment, whichever is heard last starts the hold. */
  function held(reward: Reward) {
    if (reward.points === null || !reward.paid) return { state: reward }
    if (reward.stop || reward.points === 0) return { state: { ...reward, status: 'void' as const } }
    return { state: { ...reward, status: 'holding' as const }, effects: [awardPoints({ orderId: reward.orderId })] }
  }

  const placed = ((reward, { customer, total }) =>
    reward.points === null ? held({ ...reward, customerId: customer.id, points: pointsFor(total) }) : { state: reward }) satisfies On<
    typeof OrderPlaced
  >

  const paid = ((reward) => (reward.paid ? { state: reward } : held({ ...reward, paid: true }))) satisfies On<typeof PaymentCaptured>

  return { awardPoints, placed, paid }
}

/** Cancelled or refunded: points already given are taken back. */
export const stopped = ((reward) => {
  if (reward.stop) return { state: reward }
  const stop = { ...reward, stop: true }
  return reward.status === 'awarded'
    ? { state: { ...stop, status: 'revoked' }, events: [PointsRevoked(pointsOf(reward))] }
    : { state: stop }
}) satisfies On<typeof OrderCancelled>

/** The hold is over. A stop may have landed since the guard was asked, so it is asked again here. */
export const holdOver = (reward: Reward) => {
  if (reward.status !== 'holding') return { state: reward }
  if (reward.stop) return { state: { ...reward, status: 'void' as const } }
  return { state: { ...reward, status: 'awarded' as const }, events: [PointsAwarded(pointsOf(reward))] }
}

/** Told to whoever asks why an order stands still; a hold stands among the effects. */
export function waitsFor({ status, points, paid, stop }: Reward): string[] {
  if (status !== 'new' || stop) return []
  if (points === null) return [`waits for OrderPlaced from orders${paid ? '; it is paid already' : ''}`]
  return ['waits for PaymentCaptured from payments']
}

const pointsOf = ({ orderId, customerId, points }: Reward) => ({ orderId, customerId: customerId!, points: points! })
