import { rowName } from '../command.ts'
import { type Columns, table } from '../table.ts'
import { ago, clock, counted, cut, money, number, type Paint } from '../words.ts'
import { type Handling, isStuck, type Story, type StoryEvent } from './story.ts'
import { waitsTogether } from './waits.ts'

const LONGEST_ERROR = 120
const LONGEST_WAIT = 400

/** One page about one order: what happened and what caused it, who took it and when, what was done outside, and why it waits. */
export function storyText(story: Story, now: number, paint: Paint): string {
  const parts = [headOf(story, now, paint), eventsOf(story, paint), effectsOf(story, paint), mailsOf(story, paint), lettersOf(story, paint)]
  return [...parts, waitsOf(story, paint)].filter((part) => part !== '').join('\n\n')
}

function headOf(story: Story, now: number, paint: Paint): string {
  const { order, orderId } = story
  if (!order) return `Order ${paint('bold', orderId)}: orders does not know it, or does not answer`
  const status = paint(isStuck(story, now) ? 'red' : 'bold', `${order.status}${isStuck(story, now) ? ', and stuck' : ''}`)
  const { total, currency, placedAt } = order
  return `Order ${paint('bold', orderId)}: ${status} · ${money(total, currency)} · placed ${clock(placedAt)} UTC, ${ago(placedAt, now)}`
}

const section = (title: string, columns: Columns, rows: readonly string[][], paint: Paint) =>
  rows.length === 0 ? '' : `${paint('bold', title)}\n${table(columns, rows, paint)}`

function eventsOf({ events }: Story, paint: Paint): string {
  const rows = events.map((event, at) => [
    event.ms === null ? '' : number(event.ms),
    branchOf(events, at) + event.type,
    positionOf(event, paint),
    event.handling.map((one) => handlingText(one, event, paint)).join(' · '),
  ])
  return section(
    'Events, under what caused them',
    [{ title: 'ms', right: true }, 'event', 'where', 'taken by, ms after the order'],
    rows,
    paint,
  )
}

/** The lines that lead from a cause to what it caused. */
function branchOf(events: Story['events'], at: number): string {
  const { depth } = events[at]!
  const goesOn = (level: number) => events.slice(at + 1).find((later) => later.depth <= level)?.depth === level
  const passing = Array.from({ length: Math.max(0, depth - 1) }, (_, n) => (goesOn(n + 1) ? '│  ' : '   '))
  return depth === 0 ? '' : `${passing.join('')}${goesOn(depth) ? '├─ ' : '└─ '}`
}

function positionOf({ emitter, topic, partition, offset, sent }: StoryEvent, paint: Paint): string {
  const at = `${topic}-${partition}${offset === null ? '' : `-${offset}`}`
  if (emitter === null) return paint('yellow', `${at}, from no outbox`)
  return sent === 'sent' ? at : paint('yellow', `${at}, ${sent}`)
}

function handlingText({ service, how, ms, letter }: Handling, { sent }: StoryEvent, paint: Paint): string {
  const at = ms === null ? '' : ` ${number(ms)}`
  switch (how) {
    case 'handled':
      return `${service}${at}`
    case 'redriven':
    case 'discarded':
      return `${service}${at} ${paint('dim', `${how} ${letter}`)}`
    case 'parked':
      return paint('red', `${service}${at} ✖ dead letter ${letter}`)
    case 'behind a parked one':
      return paint('red', `${service}${at} waits behind it`)
    case 'not yet':
      return paint('yellow', sent === 'sent' ? `${service} has not read it` : `${service} …`)
    case 'unknown':
      return paint('dim', `${service} ?`)
  }
}

const STATUS = { due: 'yellow', refused: 'red', done: 'green', void: 'dim' } as const

function effectsOf({ effects }: Story, paint: Paint): string {
  const rows = effects.map(({ service, kind, key, status, attempts, ms, lastError }) => [
    service,
    kind,
    paint(STATUS[status], status),
    counted(attempts, 'attempt'),
    ms === null || status === 'refused' ? '' : number(ms),
    key,
    lastError && status !== 'done' ? cut(lastError, LONGEST_ERROR) : '',
  ])
  return section('Effects', ['service', 'effect', 'status', 'tried', { title: 'done, ms', right: true }, 'key', 'last error'], rows, paint)
}

function mailsOf({ mails }: Story, paint: Paint): string {
  const rows = mails.map(({ fact, subject, status, ms }) => [fact, status, ms === null ? '' : number(ms), subject])
  return section('Mails', ['about', 'status', { title: 'sent, ms', right: true }, 'subject'], rows, paint)
}

function lettersOf({ letters }: Story, paint: Paint): string {
  const rows = letters.map(({ service, id, code, type, effectKey, status, error }, at) => [
    rowName({ service, id }),
    paint(status === 'open' ? 'red' : 'dim', status),
    code,
    effectKey ?? type ?? 'a record',
    error === letters[at - 1]?.error ? paint('dim', 'as above') : cut(error, LONGEST_ERROR),
  ])
  return section('Dead letters', ['letter', 'status', 'code', 'of', 'error'], rows, paint)
}

function waitsOf({ waits, order }: Story, paint: Paint): string {
  if (waits.length === 0) return order ? 'It waits for nothing.' : ''
  const told = waitsTogether(waits).map(({ services, why }) => `  ${services.join(', ')}: ${cut(why, LONGEST_WAIT)}`)
  return [paint('bold', 'Why it waits'), ...told].join('\n')
}
