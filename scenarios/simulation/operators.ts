import { topicOf } from '@quadrille/contracts'
import type { Deployment } from './fleet.ts'
import type { Stage } from './stage.ts'

/** People who look after dead letters, and one who plants garbage. */
export interface Operators {
  /** Writes garbage to a topic: under the key of an order that exists, or under none. */
  plant(): Promise<void>
  /** From now on somebody discards the letters that turn up, or has them handled again. */
  watch(remedy: 'discard' | 'redrive'): void
  readonly nothingOpen: boolean
}

export function createOperators({ plan, scheduler, broker, deployments, newId }: Stage): Operators {
  const { chance } = scheduler
  const life = scheduler.begin('operators')
  const rest = (ms: number) => scheduler.pause(life)(ms, new AbortController().signal)

  async function attend({ database, processes }: Deployment, remedy: 'discard' | 'redrive') {
    const letter = openLetters({ database }).find(({ code }) => code !== 'WAITING')
    if (!letter || processes.length === 0) return
    const process = chance.pick(processes)
    const discard = remedy === 'discard' ? { discard: { letterId: letter.id, reason: 'garbage' } } : {}
    const died = new Promise<void>((resolve) => process.life.onEnd(() => scheduler.post(life, resolve)))
    await Promise.race([process.redrive({ orderId: letter.orderId, letterId: letter.id, ...discard }), died]).catch(() => undefined)
  }

  async function attendForEver(remedy: 'discard' | 'redrive') {
    for (;;) {
      await rest(300 + chance.below(300))
      for (const deployment of deployments) await attend(deployment, remedy)
    }
  }

  return {
    async plant() {
      await rest(chance.below(400))
      const written = [...broker.logs].filter(({ messages, topic }) => messages.length > 0 && topic.endsWith('.v1'))
      const { topic, partition, messages } =
        written.length > 0 ? chance.pick(written) : { topic: topicOf('orders'), partition: 0, messages: [] }
      const key = plan.poison === 'keyed' ? (messages[0]?.key ?? newId()) : null
      broker.plant({ topic, partition, key, value: Buffer.from([0, 255]), headers: { planted: 'yes' } })
    },
    watch: (remedy) => void attendForEver(remedy),
    get nothingOpen() {
      return deployments.every((deployment) => openLetters(deployment).length === 0)
    },
  }
}

const openLetters = ({ database }: Pick<Deployment, 'database'>) =>
  [...database.tables.parked.values()].filter(({ outcome }) => outcome === null)
