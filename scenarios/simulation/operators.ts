import { topicOf } from '@quadrille/contracts'
import type { MemoryParked } from '@quadrille/testing/memory'
import type { Deployment } from './fleet.ts'
import type { Stage } from './stage.ts'

/** Somebody writes garbage to a topic; operators discard its letters, wherever they turn up. */
export function createOperators({ plan, scheduler, broker, deployments, newId }: Stage) {
  const { chance } = scheduler
  const life = scheduler.begin('operators')
  const rest = (ms: number) => scheduler.pause(life)(ms, new AbortController().signal)
  let planted = plan.poison === 'none'

  /** Under the key of an order that exists, or under none. */
  async function plant() {
    await rest(chance.below(400))
    const written = [...broker.logs].filter(({ messages, topic }) => messages.length > 0 && topic.endsWith('.v1'))
    const { topic, partition, messages } =
      written.length > 0 ? chance.pick(written) : { topic: topicOf('orders'), partition: 0, messages: [] }
    const key = plan.poison === 'keyed' ? (messages[0]?.key ?? newId()) : null
    broker.plant({ topic, partition, key, value: Buffer.from([0, 255]), headers: { planted: 'yes' } })
    planted = true
  }

  async function watch() {
    for (;;) {
      await rest(300 + chance.below(300))
      for (const deployment of deployments) await discardFrom(deployment)
    }
  }

  async function discardFrom({ database, processes }: Deployment) {
    const letter = openLetters(database.tables.parked.values()).find(({ code }) => code !== 'WAITING')
    const process = processes.length > 0 ? chance.pick(processes) : undefined
    if (!letter || !process) return
    const discard = { letterId: letter.id, reason: 'garbage' }
    const died = new Promise<undefined>((resolve) => process.life.onEnd(() => scheduler.post(life, () => resolve(undefined))))
    await Promise.race([process.redrive({ orderId: letter.orderId, letterId: letter.id, discard }), died]).catch(() => undefined)
  }

  return {
    start() {
      if (!planted) void plant().then(watch)
    },
    get done() {
      return planted && deployments.every(({ database }) => openLetters(database.tables.parked.values()).length === 0)
    },
  }
}

const openLetters = (rows: Iterable<MemoryParked>) => [...rows].filter(({ outcome }) => outcome === null)
