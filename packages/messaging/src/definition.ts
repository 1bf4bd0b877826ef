import type { Meter } from '@opentelemetry/api'
import type { catalogue, Data, Event, EventContract, EventOf } from '@quadrille/contracts'

/** Something to do outside or later, as data: a handler returns it, the runner performs it. `key` is natural and kept for ever. */
export interface Effect<Kind extends string = string, Payload extends OrderFact = OrderFact> {
  readonly kind: Kind
  readonly key: string
  readonly payload: Payload
  readonly delayMs: number
}

/** Whatever a handler is told concerns one order. */
export interface OrderFact {
  readonly orderId: string
}

/** How an order's state changed in one set, as committed; `now` is that transaction's time. */
export interface Change<State> {
  readonly before: State
  readonly after: State
  readonly now: Date
}

/** What a service counts of its business: makes its instruments, and is told every change once, after the commit. */
export type Measures<State> = (meter: Meter) => (change: Change<State>) => void

/** What a handler answers: the order's next state, the shared rows it changed, and what follows. */
export interface Decision<State, Shared = unknown, E extends Event = Event, F extends Effect = Effect> {
  readonly state: State
  readonly shared?: readonly Shared[]
  readonly events?: readonly E[]
  readonly effects?: readonly F[]
}

/** Decides; pure. `now` is the transaction's time on the database clock, the only clock a decision may read. */
export type Handler<State, Fact, Shared = unknown, E extends Event = Event, F extends Effect = Effect> = (
  state: State,
  fact: Fact,
  shared: ReadonlyMap<string, Shared>,
  now: Date,
) => Decision<State, Shared, E, F>

/** Decides on a request over HTTP; `reply` is what the caller gets once the decision is committed. */
// biome-ignore lint/suspicious/noExplicitAny: a registry of commands is read by name, each with its own data and reply
export type CommandHandler<State, Command = any, Reply = any, Shared = unknown, E extends Event = Event, F extends Effect = Effect> = (
  state: State,
  command: Command,
  shared: ReadonlyMap<string, Shared>,
  now: Date,
) => Decision<State, Shared, E, F> & { readonly reply: Reply }

/** Marks an event that this service reads past on purpose. */
export const ignore: unique symbol = Symbol('ignore')

/** The answer of an effect that was no longer wanted when its turn came: nothing was done. */
export const unwanted = 'unwanted'
export type Answered<Payload, Answer> = Payload & { readonly answer: Answer | typeof unwanted }

export interface EffectDescription<Kind extends string, Payload extends OrderFact, State> {
  (payload: Payload): Effect<Kind, Payload>
  readonly kind: Kind
  readonly wanted: (state: State) => boolean
}

/**
 * Describes an effect next to the aggregate that asks for it.
 * @param options.key natural key, for ever unique: also the idempotency key at the provider
 * @param options.wanted asked once, before the first start; when false, nothing is done and the answer is `unwanted`
 * @param options.delayMs how long after the decision it starts, on the database clock
 */
export function describeEffect<const Kind extends string, Payload extends OrderFact, State>(
  kind: Kind,
  options: { key: (payload: Payload) => string; wanted: (state: State) => boolean; delayMs?: number },
): EffectDescription<Kind, Payload, State> {
  const describe = (payload: Payload): Effect<Kind, Payload> => ({
    kind,
    payload,
    key: options.key(payload),
    delayMs: options.delayMs ?? 0,
  })
  return Object.assign(describe, { kind, wanted: options.wanted })
}

export interface Attempt<World> {
  /** The effect's natural key: send it as the provider's idempotency key. */
  readonly key: string
  /** True once any earlier attempt has started, here or in a process that died: ask the provider before posting again. */
  readonly again: boolean
  /** Aborted when the lease was lost or the process stops. How long an attempt may take is the effect's own business. */
  readonly signal: AbortSignal
  readonly world: World
}

/** A refusal that is no business answer and that no retry will mend: it becomes a dead letter of origin `effect`. */
export class EffectRefused extends Error {
  readonly code = 'EFFECT_REFUSED'
}

export interface PerformedEffect<State, Shared, World, F extends Effect, E extends Event, G extends Effect> {
  readonly kind: F['kind']
  readonly wanted: (state: State) => boolean
  readonly perform: (payload: F['payload'], attempt: Attempt<World>) => Promise<unknown>
  readonly outcome: (
    state: State,
    answered: Answered<F['payload'], never>,
    shared: ReadonlyMap<string, Shared>,
    now: Date,
  ) => Decision<State, Shared, E, G>
}

/** Joins an effect's description with how it is done and what its answer means. */
export function performed<
  Kind extends string,
  Payload extends OrderFact,
  State,
  World,
  Answer,
  Shared = unknown,
  E extends Event = never,
  G extends Effect = never,
>(
  description: EffectDescription<Kind, Payload, State>,
  perform: (payload: Payload, attempt: Attempt<World>) => Promise<Answer>,
  outcome: (
    state: State,
    answered: Answered<Payload, NoInfer<Answer>>,
    shared: ReadonlyMap<string, Shared>,
    now: Date,
  ) => Decision<State, Shared, E, G>,
): PerformedEffect<State, Shared, World, Effect<Kind, Payload>, E, G> {
  return { kind: description.kind, wanted: description.wanted, perform, outcome: outcome as never }
}

type Catalogue = typeof catalogue

/** By topic, exhaustive: a new event in a consumed topic does not compile until it is handled or ignored. */
export type Consumes<State, Shared, E extends Event, F extends Effect> = {
  readonly [Emitter in keyof Catalogue]?: {
    readonly [Type in keyof Catalogue[Emitter]]: Handler<State, Data<Catalogue[Emitter][Type]>, Shared, E, F> | typeof ignore
  }
}

/** One connection inside one transaction. Statements sent without waiting for one another travel together. */
export interface Trx {
  query<Row extends object = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>
}

/** The service's own tables: one statement each, for a whole set. Orders that are not there are simply not returned. */
export interface StateStore<State> {
  load(trx: Trx, orderIds: readonly string[]): Promise<ReadonlyMap<string, State>>
  save(trx: Trx, states: readonly State[]): Promise<unknown>
}

/** Rows that several orders compete for, such as stock per SKU: loaded sorted and locked, seen as earlier inputs of the set left them. */
export interface SharedStore<State, Shared> {
  keys(state: State, fact: Readonly<Record<string, unknown>>): readonly string[]
  keyOf(shared: Shared): string
  load(trx: Trx, keys: readonly string[]): Promise<ReadonlyMap<string, Shared>>
  save(trx: Trx, shared: readonly Shared[]): Promise<unknown>
}

// biome-ignore lint/suspicious/noExplicitAny: erased where the runtime handles every service alike
export type AnyPerformed = PerformedEffect<any, any, any, any, any, any>
// biome-ignore lint/suspicious/noExplicitAny: only the named argument is read
type EffectOf<P> = P extends PerformedEffect<any, any, any, infer F, any, any> ? F : never
type Commands<State, Shared, E extends Event, F extends Effect> = Readonly<
  Record<string, CommandHandler<State, never, unknown, Shared, E, F>>
>

/** What one service is, to the runtime: what it reads, decides, stores, emits and does outside. */
export interface Definition<State = unknown, Shared = unknown> {
  readonly name: string
  readonly initial: (orderId: string) => State
  readonly store: StateStore<State>
  readonly shared?: SharedStore<State, Shared>
  readonly emits: readonly EventContract[]
  readonly effects?: readonly AnyPerformed[]
  readonly consumes: Readonly<Record<string, Readonly<Record<string, Handler<State, never, Shared> | typeof ignore>> | undefined>>
  readonly commands?: Readonly<Record<string, CommandHandler<State, never, unknown, Shared>>>
  /** Where a flow begins, its correlation is kept with the order; elsewhere it comes with the event. */
  readonly correlation?: (state: State) => string
  /** Keeps headers and payload of every consumed event beside its claim, for a timeline. */
  readonly journal?: boolean
  readonly measures?: Measures<State>
  /** What an order in this state still waits for, in plain sentences: for whoever asks why it goes no further. Pure. */
  readonly waitsFor?: (state: State) => readonly string[]
}

// biome-ignore lint/suspicious/noExplicitAny: erased where the runtime handles every service alike
export type AnyDefinition = Definition<any, any>

/**
 * Declares a service and checks that it is whole: an event it does not declare, an effect nobody performs, an answer
 * its outcome cannot read, or an event of a consumed topic that is neither handled nor ignored does not compile.
 */
export function defineService<
  State,
  const Emits extends readonly EventContract[],
  Shared = unknown,
  const Effects extends readonly AnyPerformed[] = readonly [],
  Asked extends Commands<State, Shared, EventOf<Emits[number]>, EffectOf<Effects[number]>> = Record<never, never>,
  Serves = undefined,
>(definition: {
  name: string
  initial: (orderId: string) => State
  store: StateStore<State>
  shared?: SharedStore<NoInfer<State>, Shared>
  emits: Emits
  effects?: Effects & {
    // biome-ignore lint/suspicious/noExplicitAny: the world and the effect itself were checked by `performed`
    [I in keyof Effects]: PerformedEffect<NoInfer<State>, NoInfer<Shared>, any, any, EventOf<Emits[number]>, EffectOf<Effects[number]>>
  }
  consumes: Consumes<NoInfer<State>, NoInfer<Shared>, EventOf<Emits[number]>, EffectOf<Effects[number]>>
  commands?: Asked
  correlation?: (state: NoInfer<State>) => string
  journal?: boolean
  measures?: Measures<NoInfer<State>>
  waitsFor?: (state: NoInfer<State>) => readonly string[]
  serves?: Serves
}) {
  return definition
}
