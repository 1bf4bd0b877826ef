import type { Kafka } from '@quadrille/messaging'
import { type Addresses, type Service, services } from './addresses.ts'
import type { Client } from './client.ts'
import { type ExitCode, misuse } from './exit.ts'
import type { Progress } from './progress.ts'
import type { Paint } from './words.ts'

export interface Option {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  /** What stands for the value in the help. */
  readonly value?: string
  readonly help: string
}

export type Options = Readonly<Record<string, Option>>
type Values<O extends Options> = { readonly [Name in keyof O]?: O[Name]['type'] extends 'boolean' ? boolean : string }

/** What a command found: the same for people and for programs. */
export interface Answer {
  readonly json: unknown
  readonly text: string
  readonly exit?: ExitCode
  /** Who did not answer, one line each. */
  readonly missing?: readonly string[]
  /** What was not done, one line each. */
  readonly failed?: readonly string[]
}

/** What commands may use. */
export interface Ops {
  readonly addresses: Addresses
  readonly ask: Client
  readonly kafka: () => Promise<KafkaAdmin>
  readonly paint: Paint
  readonly progress: Progress
  readonly signal: AbortSignal
  readonly now: () => number
  readonly pause: (ms: number) => Promise<void>
}

export type KafkaAdmin = Pick<Kafka, 'topicOffsets' | 'groupOffsets' | 'groupMembers' | 'disconnect'>

export interface Command<O extends Options = Options> {
  readonly name: string
  readonly summary: string
  /** More than the summary, for the help alone. */
  readonly about?: string
  /** The words after the name, as the help shows them, and how many there must be. */
  readonly words?: { readonly shown: string; readonly least: number; readonly most: number }
  readonly options: O
  readonly examples: readonly (readonly [line: string, what: string])[]
  run(asked: { readonly words: readonly string[]; readonly values: Values<O> }, ops: Ops): Promise<Answer>
}

/** Ties the values that a command gets to the options that it names. */
export const command = <const O extends Options>(described: Command<O>): Command => described as unknown as Command

export const ofService = { service: { type: 'string', short: 's', value: 'NAME', help: `only this one: ${services.join(', ')}` } } as const

/** The services that are asked. */
export function chosen(name: string | undefined): readonly Service[] {
  if (name === undefined) return services
  const found = services.find((service) => service === name)
  if (found) return [found]
  throw misuse(`there is no service ${name}: --service takes ${services.join(', ')}`)
}

/** `payments/7`, as every list shows it; or `7` with a service beside it. */
export function rowOf(text: string, service: string | undefined): { service: Service; id: string } {
  const [, named = service, id] = /^(?:([a-z]+)\/)?(\d+)$/.exec(text) ?? []
  if (id === undefined) throw misuse(`${text} is no row: write it as the list shows it, payments/7`)
  if (named === undefined) throw misuse(`whose ${id}? write payments/${id}, or add --service payments`)
  return { service: chosen(named)[0]!, id }
}

/** The same way back: as every list shows a row, and every command takes it. */
export const rowName = ({ service, id }: { readonly service: string; readonly id: string }) => `${service}/${id}`

export function whole(name: string, text: string, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw misuse(`--${name} must be a whole number from 1 to ${most}, not "${text}"`)
}

/** The query of a request, without what was not asked for. */
export function query(asked: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}
