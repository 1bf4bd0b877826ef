import type { ignore } from '@quadrille/messaging'
import type { AnyDefinition } from './fleet.ts'

// biome-ignore lint/suspicious/noExplicitAny: any service's handlers
export type AnyFunction = (...given: any[]) => any
export type Around = (handler: AnyFunction) => AnyFunction | typeof ignore

/** A service with something changed; every other as it is. */
export const changed = (name: string, change: (service: AnyDefinition) => Partial<AnyDefinition>) => (service: AnyDefinition) =>
  service.name === name ? { ...service, ...change(service) } : service

/** With another handler of one event. */
export const handling = (name: string, emitter: string, type: string, around: Around) =>
  changed(name, ({ consumes }) => ({
    consumes: {
      ...consumes,
      [emitter]: { ...consumes[emitter], [type]: around(consumes[emitter]![type] as AnyFunction) },
    } as AnyDefinition['consumes'],
  }))

/** With one effect performed, or its outcome taken, in another way. */
export const performing = (name: string, kind: string, change: (effect: { perform: AnyFunction; outcome: AnyFunction }) => object) =>
  changed(name, ({ effects = [] }) => ({
    effects: effects.map((effect) => (effect.kind === kind ? { ...effect, ...change(effect) } : effect)),
  }))
