import { PointsAwarded, PointsRevoked } from '@quadrille/contracts'
import { defineService, ignore, performed } from '@quadrille/messaging'
import { waitOut } from './effects/award-points.ts'
import { routes } from './http.ts'
import { createRewards, holdOver, newReward, type Policy, stopped, waitsFor } from './reward.ts'
import { rewardStore } from './store.ts'

/**
 * Loyalty gives points for a paid order, after a hold during which a cancel or refund still prevents them.
 *
 *   OrderPlaced      customer and points known; paid already → hold
 *   PaymentCaptured  paid; order known → hold
 *   hold over        not stopped → awarded; stopped → void
 *   OrderCancelled, PaymentRefunded   stop; awarded → revoked
 */
export const loyalty = (policy: Policy) => {
  const { awardPoints, placed, paid } = createRewards(policy)
  return defineService({
    name: 'loyalty',
    initial: newReward,
    store: rewardStore,
    emits: [PointsAwarded, PointsRevoked],
    effects: [performed(awardPoints, waitOut, holdOver)],
    consumes: {
      orders: { OrderPlaced: placed, OrderCancelled: stopped },
      payments: { PaymentCaptured: paid, PaymentFailed: ignore, PaymentRefunded: stopped },
    },
    waitsFor,
    serves: routes,
  })
}
