import type { z } from 'zod'

/** A fact as a handler returns it; the runtime adds the envelope. */
export interface Event<Type extends string = string, D = unknown> {
  readonly type: Type
  readonly data: D
}

interface Definition<Emitter extends string, Type extends string, Schema extends z.ZodType> {
  readonly emitter: Emitter
  readonly type: Type
  readonly version: number
  readonly description: string
  readonly schema: Schema
  readonly example: z.input<Schema>
}

// Declared as a method, whose parameter TypeScript compares loosely: so every contract also is the contract of *some* event.
type Maker<Type extends string, Schema extends z.ZodType> = { make(data: z.input<Schema>): Event<Type, z.output<Schema>> }['make']

/** One version of one event: called, it makes the event a handler returns (`encode` validates it); its fields say the rest. */
export interface EventContract<Emitter extends string = string, Type extends string = string, Schema extends z.ZodType = z.ZodType>
  extends Definition<Emitter, Type, Schema>,
    Maker<Type, Schema> {
  /** Where it is published: `orders.v1`. */
  readonly topic: string
  /** Its CloudEvents type: `OrderPlaced.v1`. */
  readonly ceType: string
  /** `urn:quadrille:orders:OrderPlaced:v1` */
  readonly dataschema: string
}

/** Declares an event. The only place a contract is made. */
export function defineEvent<const Emitter extends string, const Type extends string, Schema extends z.ZodType>(
  definition: Definition<Emitter, Type, Schema>,
): EventContract<Emitter, Type, Schema> {
  const { emitter, type, version } = definition
  const event = (data: z.input<Schema>) => ({ type, data: data as z.output<Schema> })
  const description = definition.description.replace(/\s+/g, ' ')
  return Object.assign(event, definition, {
    description,
    topic: `${emitter}.v${version}`,
    ceType: `${type}.v${version}`,
    dataschema: `urn:quadrille:${emitter}:${type}:v${version}`,
  })
}

/** The validated data of a contract's event. */
export type Data<C> = C extends { readonly schema: infer Schema extends z.ZodType } ? z.output<Schema> : never

/** The event a contract makes. */
export type EventOf<C> = C extends { readonly type: infer Type extends string } ? Event<Type, Data<C>> : never
