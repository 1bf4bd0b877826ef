import type { Service } from './addresses.ts'
import type { CodeSummary, Letter, LetterDetails } from './answers.ts'
import { rowName } from './command.ts'
import { type Origin, typeOf } from './order/origin.ts'
import { linesOfJson } from './strangers.ts'
import { type Columns, table } from './table.ts'
import { ago, clock, counted, cut, number, type Paint } from './words.ts'

type At<T> = T & { readonly service: Service }

const LONGEST_ERROR = 100

/** The letters, and above them how many there are of which code. */
export function lettersText(letters: readonly At<Letter>[], codes: readonly At<CodeSummary>[], now: number, paint: Paint): string {
  if (letters.length === 0) return 'There is no dead letter here.'
  const rows = letters.map((letter) => [
    rowName(letter),
    letter.status === 'open' ? (letter.code === 'WAITING' ? letter.code : paint('red', letter.code)) : paint('dim', letter.status),
    letter.effectKey ? 'an effect' : typeOf(letter),
    letter.orderId ?? '–',
    ago(letter.parkedAt, now),
    cut(letter.endedReason ?? letter.error, LONGEST_ERROR),
  ])
  const list = table(['letter', 'code', 'of', 'order', 'parked', 'error'], rows, paint)
  return codes.length === 0 ? list : `${summaryText(codes, now, paint)}\n\n${list}`
}

const summaryColumns: Columns = ['service', 'code', { title: 'open', right: true }, { title: 'orders', right: true }, 'first', 'last']

const summaryText = (codes: readonly At<CodeSummary>[], now: number, paint: Paint) =>
  table(
    summaryColumns,
    codes.map(({ service, code, open, orders, firstSeen, lastSeen }) => [
      ...[service, code, number(open), number(orders), ago(firstSeen, now), ago(lastSeen, now)],
    ]),
    paint,
  )

/** What to do about a letter, by where it came from and by its code; as the runbook has it. */
function remedyOf(letter: Letter, name: string, origin: Origin | null): string {
  const { code, effectKey } = letter
  const redrive = `ops dlq redrive ${name}`
  if (origin?.emitted === 'never') return foreignRemedy(typeOf(letter), name, origin)
  if (code === 'WAITING') return 'nothing is wrong with it: see to the letter before it (ops dlq ls --order …)'
  if (code === 'UNDECODABLE' || code.startsWith('CONTRACT_'))
    return `find its sender, then: ops dlq discard ${name} --reason "…"; if it was its emitter's own event, end that order: ops orders cancel ${letter.orderId ?? '…'}`
  if (effectKey !== null) return `repair the cause at the provider, then: ${redrive}`
  return `deploy the fix, then: ${redrive}`
}

/** Nothing is lost with a record that its emitter never emitted: the order ends by the genuine one, unless there is none. */
function foreignRemedy(type: string, name: string, { emitter, genuine, letters, unread, open, underWay }: Origin): string {
  const never = `${emitter} never emitted this (it is in no outbox)`
  const late = unread.length > 0 ? `   # ${unread.join(', ')}: not read yet; there it becomes a letter too` : ''
  const discard = `ops dlq discard ${letters.length > 0 ? letters.join(' ') : name} --reason "…"${late}`
  if (genuine) return `${never}; the genuine ${type} is ${genuine}: discard this one at every reader, do not cancel:\n  ${discard}`
  const lines = [`${never}, and for this order no other ${type}: discard this one at every reader`, discard]
  if (open === null) return lines.join('\n  ')
  const pending = underWay.length > 0 ? `wait for what ${emitter} still does (${underWay.join(', ')}), and ` : ''
  const cancel = `then ${pending}see whether the order goes on: ops orders show ${open}; only if not, end it: ops orders cancel ${open} --reason "…"`
  return [...lines, cancel].join('\n  ')
}

const originText = ({ emitter, emitted }: Origin) =>
  ({
    emitted: `${emitter} emitted it: it is in an outbox`,
    never: `from no outbox: ${emitter} never emitted this`,
    unknown: `not known: ${emitter} does not answer, or its outbox does not go back so far`,
  })[emitted]

export function letterText(letter: At<LetterDetails>, origin: Origin | null, now: number, paint: Paint): string {
  const name = rowName(letter)
  const of = letter.effectKey ? `effect ${letter.effectKey}` : typeOf(letter)
  const ended =
    letter.status === 'open'
      ? ''
      : `, ${letter.status} ${letter.endedAt ? ago(letter.endedAt, now) : ''} (${letter.endedReason ?? 'no reason'})`
  const facts = [
    ['order', letter.orderId ?? `none (key ${letter.key ?? 'missing'})`],
    ['of', `${of}, event ${letter.eventId}`],
    ['from', `${letter.topic}-${letter.partition}-${letter.offset}`],
    ...(origin ? [['origin', originText(origin)]] : []),
    ['parked', `${clock(letter.parkedAt)} UTC, ${ago(letter.parkedAt, now)}, after ${counted(letter.attempts, 'attempt')}${ended}`],
    ['error', letter.error],
  ]
  return [
    `Dead letter ${paint('bold', name)}: ${paint(letter.status === 'open' ? 'red' : 'dim', letter.code)}`,
    facts.map(([title, text]) => `  ${title!.padEnd(8)}${text}`).join('\n'),
    ...problemsOf(letter),
    ...recordOf(letter),
    ...behindOf(letter),
    ...(letter.status === 'open' ? [`What to do: ${remedyOf(letter, name, origin)}`] : []),
  ].join('\n\n')
}

const indented = (text: string) => text.replaceAll(/^/gm, '  ')

const problemsOf = ({ problems }: LetterDetails) =>
  problems.length === 0
    ? []
    : [`It breaks its contract:\n${problems.map(({ path, message }) => `  ${path || '(all of it)'}: ${message}`).join('\n')}`]

function recordOf({ headers, text, hex }: LetterDetails): string[] {
  const named = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)
  const value = text ?? hex
  return [
    ...(named.length > 0 ? [`Headers:\n${named.join('\n')}`] : []),
    value === null ? 'It has no value.' : `Value${text ? '' : ', in hex'}:\n${indented(linesOfJson(value))}`,
  ]
}

function behindOf({ behind }: LetterDetails): string[] {
  if (behind.length === 0) return []
  return [
    `${counted(behind.length, 'later event waits', 'later events wait')} behind it: ${behind.map(({ type }) => type ?? 'a record').join(', ')}`,
  ]
}
