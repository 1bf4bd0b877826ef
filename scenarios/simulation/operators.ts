import { topicOf } from '@quadrille/contracts'
import type { Deployment } from './fleet.ts'
import type { Stage } from './stage.ts'

/** People who look after dead letters, and one who plants garbage. */
export interface Operators {
  /** Writes garbage to a topic: under the key of an order that exists, or under none. */
  plant(): Promise<void>
  /** From now on somebody looks after the letters that turn up: garbage is discarded, sooner or later, the rest handled again. */
  watch(): void
  isNothingOpen(): boolean
}

export function createOperators({ plan, scheduler, faults, broker, deployments, newId }: Stage): Operators {
  const { chance } = scheduler
  const life = scheduler.begin('operators')

  async function attend({ database, processes }: Deployment) {
    const letter = openLetters({ database }).find(({ code }) => code !== 'WAITING')
    if (!letter || processes.length === 0) return
    const process = chance.pick(processes)
    const isDiscarded = letter.message.headers.planted !== undefined && chance.happens(0.7)
    const discard = isDiscarded ? { discard: { letterId: letter.id, reason: 'garbage' } } : {}
    const died = new Promise<void>((resolve) => process.life.onEnd(() => scheduler.post(life, resolve)))
    await Promise.race([process.redrive({ orderId: letter.orderId, letterId: letter.id, ...discard }), died]).catch(() => undefined)
    faults.note(letter.outcome ?? 'redrivenInVain')
  }

  async function attendForEver() {
    for (;;) {
      await scheduler.rest(life, 300 + chance.below(300))
      for (const deployment of deployments) await attend(deployment)
    }
  }

  return {
    async plant() {
      await scheduler.rest(life, chance.below(400))
      const written = broker.logs.filter(({ messages, topic }) => messages.length > 0 && topic.endsWith('.v1'))
      const { topic, partition, messages } =
        written.length > 0 ? chance.pick(written) : { topic: topicOf('orders'), partition: 0, messages: [] }
      const key = plan.poison === 'keyed' ? (messages[0]?.key ?? newId()) : null
      broker.plant({ topic, partition, key, value: Buffer.from([0, 255]), headers: { planted: 'yes' } })
      faults.note(plan.poison === 'keyed' ? 'poisonUnderAnOrder' : 'poisonWithoutKey')
    },
    watch: () => void attendForEver(),
    isNothingOpen: () => deployments.every((deployment) => openLetters(deployment).length === 0),
  }
}

const openLetters = ({ database }: Pick<Deployment, 'database'>) =>
  [...database.tables.parked.values()].filter(({ outcome }) => outcome === null)
