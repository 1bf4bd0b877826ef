import type { DryRun, LetterDetails, ServiceName } from '../../../src/api-types.ts'
import { counted } from '../../widgets/words.ts'
import { WAITING } from './code-groups.ts'

export type Kind = 'redrive' | 'discard'

/** As a list has it: without what only its details tell. */
export type Letter = Omit<LetterDetails, 'text' | 'hex' | 'problems' | 'behind'> & { readonly service: ServiceName }

/** What is to be redriven or discarded: some letters one by one, or all of a code at one service, which is long work. */
export type Target =
  | { readonly by: 'name'; readonly letters: readonly Letter[] }
  | { readonly by: 'code'; readonly service: ServiceName; readonly code: string }

export const letterName = ({ service, id }: Pick<Letter, 'service' | 'id'>) => `${service}/${id}`

/** A redrive takes an order as a whole, so one of its letters stands for all. */
export function onePerOrder(letters: readonly Letter[]): Letter[] {
  const first = new Map(
    letters.toReversed().map((letter) => [letter.orderId === null ? letterName(letter) : `${letter.service} ${letter.orderId}`, letter]),
  )
  return letters.filter((letter) => [...first.values()].includes(letter))
}

/** A sound event is lost only to who says so. */
export const needsForce = (target: Target) => target.by === 'name' && target.letters.some(({ code }) => code === WAITING)

/** What would be touched, and the first of it, those with the same error together. */
export interface Would {
  readonly would: number
  readonly orders: number
  readonly told: number
  readonly sample: readonly { readonly code: string; readonly error: string; readonly names: readonly string[] }[]
}

/** What looks at several came to, as one. */
export function together(looks: readonly (DryRun & { readonly service: string })[]): Would {
  const all = looks.flatMap(({ service, sample }) =>
    sample.map(({ id, code, error }) => ({ name: `${service}/${id}`, code: String(code), error: String(error) })),
  )
  const same = Map.groupBy(all, ({ code, error }) => `${code} ${error}`)
  return {
    would: looks.reduce((sum, { would }) => sum + would, 0),
    orders: looks.reduce((sum, { orders }) => sum + (orders ?? 0), 0),
    told: all.length,
    sample: [...same.values()].map((of) => ({ code: of[0]!.code, error: of[0]!.error, names: of.map(({ name }) => name) })),
  }
}

/** `Would redrive 12 letters of 9 orders.` */
export function wouldSentence(kind: Kind, { would, orders }: Pick<Would, 'would' | 'orders'>): string {
  if (would === 0) return `There is nothing to ${kind}.`
  return `Would ${kind} ${counted(would, 'letter')}${orders ? ` of ${counted(orders, 'order')}` : ''}.`
}

/** What came of one letter. */
export interface Ended {
  readonly letter: Letter
  readonly open?: number
  readonly trying?: number
  /** Why it was refused, or is not known. */
  readonly problem?: string
  /** It may have been done all the same. */
  readonly unsure?: boolean
}

export const isWell = ({ open = 0, trying = 0, problem }: Ended) => problem === undefined && open <= trying

export function endedSentence(kind: Kind, { letter, open = 0, trying = 0, problem, unsure }: Ended): string {
  const name = letterName(letter)
  if (problem !== undefined) return `${name}: ${unsure ? 'not known whether it was done' : 'not done'}: ${problem}`
  if (open === 0) return `${name}: ${kind === 'redrive' ? 'redriven' : 'discarded'}; nothing of its order waits here any more`
  if (trying > 0) return `${name}: its effect is tried again, and what waits behind it follows`
  return `${name}: ${counted(open, 'letter')} of its order ${open === 1 ? 'is' : 'are'} still open`
}
