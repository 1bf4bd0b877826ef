import { Reason } from '@quadrille/contracts'
import { codeOf } from '@quadrille/messaging'
import { z } from 'zod'
import { HttpProblem } from '../problem.ts'

/** The schema of an operators' route. */
export const operation = <const More extends object>(summary: string, more: More) => ({
  tags: ['operators'],
  security: [{ operator: [] }],
  summary,
  ...more,
})

/** The id of a row, as text: a bigint. */
export const RowId = z.string().regex(/^\d{1,18}$/, 'must be a number')

/** Why an operator does it; spaces alone say nothing. */
export const Because = z.string().trim().pipe(Reason)

/** The body of a change that may be asked for without saying why. */
export const MaybeWhy = z.strictObject({ reason: Because.optional() }).nullish()

/** The `config` of a route whose `dryRun: true` changes nothing, so that it leaves no row in the audit. */
export const DRY_RUNS = { dryRuns: true } as const

/** What a change would touch. */
export const WouldView = z
  .object({
    would: z.int().meta({ description: 'How many letters or records it concerns' }),
    orders: z.int().nullable().meta({ description: 'Null where only reading would tell' }),
    sample: z.array(z.record(z.string(), z.unknown())).meta({ description: 'The first few' }),
  })
  .meta({ id: 'DryRun' })

/** A value as JSON has it: times as text. */
export type Plain<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { -readonly [K in keyof T]: Plain<T[K]> }
      : T

export const plain = <T>(value: T): Plain<T> => JSON.parse(JSON.stringify(value))

// What an operator asked for and cannot have now, by the runtime's code.
const REFUSALS: Readonly<Record<string, readonly [code: string, title: string]>> = {
  ALREADY_PAUSED: ['already-paused', 'The consumer is paused already'],
  REDRIVE_REFUSED: ['redrive-refused', 'The order cannot be redriven yet'],
  EFFECT_NOT_RETRIED: ['effect-not-retried', 'There is nothing to retry'],
  TASK_REFUSED: ['task-refused', 'This cannot be done here'],
}

/** What the runtime refuses is the operator's to know, and no fault of the service: the detail says what to do instead. */
export const possible = <T>(asked: Promise<T>): Promise<T> =>
  asked.catch((cause: Error) => {
    const refusal = REFUSALS[codeOf(cause) ?? '']
    if (!refusal) throw cause
    throw new HttpProblem(409, refusal[0], refusal[1], { detail: cause.message, cause })
  })
