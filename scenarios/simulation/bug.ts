import { ignore } from '@quadrille/messaging'
import { handling } from './changed.ts'
import type { AnyDefinition } from './fleet.ts'
import type { Stage } from './stage.ts'

/** Where the plan has a bug for this service: one of its handlers throws, until somebody mends it. */
export function withBug(service: AnyDefinition, { plan: { bug }, scheduler, faults }: Stage): AnyDefinition {
  if (bug?.service !== service.name) return service
  const handled = Object.entries(service.consumes).flatMap(([emitter, types]) =>
    Object.entries(types ?? {}).flatMap(([type, how]) => (how === ignore ? [] : [{ emitter, type }])),
  )
  const { emitter, type } = handled[bug.place % handled.length]!
  const broken = (error: string) => {
    faults.note('handlerBug')
    throw new Error(error)
  }
  return handling(service.name, emitter, type, (handler) => (...given) => {
    return scheduler.now() < bug.mendedAtMs ? broken(`a bug in ${type} that is mended later`) : handler(...given)
  })(service)
}
