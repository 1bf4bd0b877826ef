import type { AnyDefinition } from './definition.ts'
import type { Producer, ReplayingKafka } from './kafka.ts'
import type { SetStore } from './store.ts'

/** Where a laboratory can end a process: around the commit of a set, the send of a batch, the attempt of an effect. */
export const CRASH_POINTS = [
  'before-commit',
  'in-commit', // sent, not yet answered: done or not, nobody here knows
  'after-commit',
  'before-send',
  'in-send',
  'after-ack',
  'before-perform',
  'after-perform',
] as const

export type CrashPoint = (typeof CRASH_POINTS)[number]

/** Called whenever the process passes such a point. */
export type Passing = (point: CrashPoint) => void

/**
 * What happens at the n-th passing of a point: `after-ack:3`. A plan that is not there gives undefined, and then nothing below wraps
 * anything: the objects are the very same, so that off costs nothing.
 */
export function passingAt(plan: string | undefined, act: () => void): Passing | undefined {
  if (!plan) return undefined
  const [where, count = '1'] = plan.split(':')
  let left = Number(count)
  return (point) => {
    if (point !== where) return
    left -= 1
    if (left === 0) act()
  }
}

/** The laboratory's plans of this process: SIGKILL at `crash`, SIGSTOP at `freeze`. No handler runs, as when the power goes. */
export function passingOf(plans: { readonly crash?: string; readonly freeze?: string }): Passing | undefined {
  const crash = passingAt(plans.crash, () => process.kill(process.pid, 'SIGKILL'))
  const freeze = passingAt(plans.freeze, () => process.kill(process.pid, 'SIGSTOP'))
  if (!crash || !freeze) return crash ?? freeze
  return (point) => {
    freeze(point)
    crash(point)
  }
}

/** A store whose commits pass the crash points. */
export function withCrashingCommits<State, Shared>(store: SetStore<State, Shared>, pass: Passing | undefined): SetStore<State, Shared> {
  if (!pass) return store
  return {
    transact: (work) =>
      store.transact((trx) =>
        work({
          ...trx,
          async commit(changes) {
            pass('before-commit')
            const committed = trx.commit(changes)
            pass('in-commit')
            await committed
            pass('after-commit')
          },
        }),
      ),
  }
}

/** Kafka whose sends pass the crash points. */
export function withCrashingSends(kafka: ReplayingKafka, pass: Passing | undefined): ReplayingKafka {
  if (!pass) return kafka
  return { ...kafka, connectProducer: async () => crashing(await kafka.connectProducer(), pass) }
}

const crashing = (producer: Producer, pass: Passing): Producer => ({
  ...producer,
  async send(records) {
    pass('before-send')
    const sent = producer.send(records)
    // The client writes to its socket a few turns after it was asked to.
    setImmediate(pass, 'in-send')
    await sent
    pass('after-ack')
  },
})

/** The service with effects that pass the crash points. */
export function withCrashingEffects<D extends AnyDefinition>(service: D, pass: Passing | undefined): D {
  if (!pass) return service
  const effects = service.effects?.map((effect) => ({
    ...effect,
    async perform(...asked: Parameters<typeof effect.perform>) {
      pass('before-perform')
      const answer = await effect.perform(...asked)
      pass('after-perform')
      return answer
    },
  }))
  return { ...service, effects }
}
