import type { Service } from './addresses.ts'
import type { CodeSummary, Letter, LetterDetails } from './answers.ts'
import { type Columns, table } from './table.ts'
import { ago, clock, counted, cut, number, type Paint } from './words.ts'

type At<T> = T & { readonly service: Service }

const LONGEST_ERROR = 100
const letterName = ({ service, id }: { readonly service: Service; readonly id: string }) => `${service}/${id}`
const typeOf = ({ headers }: Letter) => headers.ce_type?.split('.')[0] ?? 'a record'

/** The letters, and above them how many there are of which code. */
export function lettersText(letters: readonly At<Letter>[], codes: readonly At<CodeSummary>[], now: number, paint: Paint): string {
  if (letters.length === 0) return 'There is no dead letter here.'
  const rows = letters.map((letter) => [
    letterName(letter),
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

/** What to do about a letter, by its code; as the runbook has it. */
function remedyOf({ code, effectKey }: Pick<Letter, 'code' | 'effectKey'>, name: string): string {
  const redrive = `ops dlq redrive ${name}`
  if (code === 'WAITING') return 'nothing is wrong with it: see to the letter before it (ops dlq ls --order …)'
  if (code === 'UNDECODABLE' || code.startsWith('CONTRACT_'))
    return `find its sender, then: ops dlq discard ${name} --reason "…"; if it was an order's own event, end that order: ops orders cancel …`
  if (effectKey !== null) return `repair the cause at the provider, then: ${redrive}`
  return `deploy the fix, then: ${redrive}`
}

export function letterText(letter: At<LetterDetails>, now: number, paint: Paint): string {
  const name = letterName(letter)
  const of = letter.effectKey ? `effect ${letter.effectKey}` : typeOf(letter)
  const ended =
    letter.status === 'open'
      ? ''
      : `, ${letter.status} ${letter.endedAt ? ago(letter.endedAt, now) : ''} (${letter.endedReason ?? 'no reason'})`
  const facts = [
    ['order', letter.orderId ?? `none (key ${letter.key ?? 'missing'})`],
    ['of', `${of}, event ${letter.eventId}`],
    ['from', `${letter.topic}-${letter.partition}-${letter.offset}`],
    ['parked', `${clock(letter.parkedAt)} UTC, ${ago(letter.parkedAt, now)}, after ${counted(letter.attempts, 'attempt')}${ended}`],
    ['error', letter.error],
  ]
  return [
    `Dead letter ${paint('bold', name)}: ${paint(letter.status === 'open' ? 'red' : 'dim', letter.code)}`,
    facts.map(([title, text]) => `  ${title!.padEnd(8)}${text}`).join('\n'),
    ...problemsOf(letter),
    ...recordOf(letter),
    ...behindOf(letter),
    ...(letter.status === 'open' ? [`What to do: ${remedyOf(letter, name)}`] : []),
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
    value === null ? 'It has no value.' : `Value${text ? '' : ', in hex'}:\n${indented(value)}`,
  ]
}

function behindOf({ behind }: LetterDetails): string[] {
  if (behind.length === 0) return []
  return [
    `${counted(behind.length, 'later event waits', 'later events wait')} behind it: ${behind.map(({ type }) => type ?? 'a record').join(', ')}`,
  ]
}
