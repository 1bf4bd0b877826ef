import { byOrder, type Survey, type Violation } from './survey.ts'

const pointsFor = (total: number) => Math.floor(total / 100)

/** I4: points are a hundredth of the total if the order ends dispatched, else 0; awarded and revoked at most once. */
export function* pointsAreRight({ orders, rewards, eventsOf }: Survey): Iterable<Violation> {
  const known = byOrder(rewards)
  for (const { orderId, status, total } of orders) {
    const reward = known.get(orderId)
    const due = status === 'dispatched' ? pointsFor(total) : 0
    const has = reward?.status === 'awarded' ? (reward.points ?? 0) : 0
    const awarded = told('PointsAwarded')
    const revoked = told('PointsRevoked')
    if (has !== due) yield broken(orderId, `ended ${status}: the customer has ${has} points for it, and should have ${due}`)
    if (awarded > 1 || revoked > 1) yield broken(orderId, `points were awarded ${awarded} times and revoked ${revoked} times`)
    if (awarded - revoked !== Number(has > 0))
      yield broken(orderId, `${awarded} awards and ${revoked} revocations were told, for ${has} points`)

    function told(type: string) {
      return (eventsOf.get(orderId) ?? []).filter((event) => event.type === type).length
    }
  }
}

const broken = (subject: string, problem: string): Violation => ({ invariant: 'I4', subject, problem })
