import type { Drain } from '@quadrille/ops/lag'
import { duration, number, rate } from '../../widgets/words.ts'
import type { GroupRow } from './lag-rows.ts'

/** When what waits will be read. */
export function drainWords(drain: Drain): string {
  switch (drain.kind) {
    case 'nothing waits':
      return 'nothing waits'
    case 'keeps up':
      return 'keeps up'
    case 'unknown':
      return 'not known yet'
    case 'nobody reads':
      return 'never: nobody reads'
    case 'stands still':
      return 'stands still'
    case 'shrinks':
      return `in ${duration(drain.seconds! * 1000)} (${rate(drain.perSecond)})`
    case 'grows':
      return `never: it grows by ${rate(drain.perSecond)}`
  }
}

export const drainOfRow = ({ drain, paused, lag }: Pick<GroupRow, 'drain' | 'paused' | 'lag'>) =>
  paused && lag !== 0 ? 'once resumed' : drainWords(drain)

/** A figure, or its words; an age beside nothing that waits says nothing. */
export const messages = (lag: GroupRow['lag']) => (typeof lag === 'number' ? number(lag) : lag)
export const age = ({ lag, seconds }: Pick<GroupRow, 'lag' | 'seconds'>) =>
  typeof seconds === 'number' ? (lag === 0 ? '–' : duration(seconds * 1000)) : typeof lag === 'number' ? 'not known' : '–'

/** One sentence for the top of the page, and for whoever listens rather than looks. */
export function lagSentence(rows: readonly GroupRow[], paused: ReadonlySet<string>): string {
  const behind = rows.filter(({ name, tone }) => tone === 'bad' || tone === 'warn' || paused.has(name))
  if (rows.length === 0) return 'Nobody has told yet how far the groups are.'
  if (behind.length === 0) return 'Every group keeps up.'
  return behind.map((row) => sentenceOf(row, paused.has(row.name))).join(' ')
}

function sentenceOf(row: GroupRow, paused: boolean): string {
  const { name, lag, seconds, members } = row
  if (paused && lag === 0) return `The consumer of ${name} is paused; nothing waits for it yet.`
  const much =
    typeof lag === 'number'
      ? `is ${number(lag)} behind${typeof seconds === 'number' && lag > 0 ? `, the oldest for ${duration(seconds * 1000)}` : ''}`
      : `has ${lag}`
  const why = paused ? ': its consumer is paused' : members === 0 ? ': nobody reads' : ''
  return `${name} ${much}${why}.`
}
