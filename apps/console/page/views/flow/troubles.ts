import type { Pulse, ServicePulse } from '../../../src/api-types.ts'
import { counted, duration } from '../../widgets/words.ts'
import { causesOf } from '../letters/causes.ts'
import { WAITING } from '../letters/code-groups.ts'
import { OVERDUE_SECONDS } from '../outbox/words.ts'

export interface Trouble {
  readonly key: string
  readonly tone: 'bad' | 'warn'
  readonly text: string
  /** The view where something can be done. */
  readonly view: string
  readonly of?: string
  readonly query?: Readonly<Record<string, string>>
}

const LATE_SECONDS = 30
const OLD_SECONDS = 10

/** What needs somebody, the worst first; empty is well. */
export function troublesOf(pulse: Pulse): Trouble[] {
  const all = [...stuck(pulse), ...pulse.services.flatMap(ofService), ...late(pulse)]
  return all.sort((a, b) => Number(b.tone === 'bad') - Number(a.tone === 'bad'))
}

const stuck = ({ stuck: orders }: Pulse): Trouble[] =>
  orders
    ? [
        {
          key: 'stuck',
          tone: 'bad',
          text: `${counted(orders, 'order is', 'orders are')} stuck`,
          view: 'orders',
          query: { status: 'stuck' },
        },
      ]
    : []

function ofService({ name, up, ready, why, paused, holds = 0, letters, outbox, effects }: ServicePulse): Trouble[] {
  const found: (Trouble | false | null | undefined)[] = [
    !up && { key: `${name} up`, tone: 'bad', text: `${name}: ${why ?? 'does not answer'}${held(holds)}`, view: 'outbox' },
    up && !ready && { key: `${name} ready`, tone: 'bad', text: `${name}: ${why ?? 'not ready'}`, view: 'outbox' },
    paused && {
      ...{ key: `${name} paused`, tone: 'warn', view: 'lag', of: name },
      text: `${name} is paused by ${paused.by}: ${paused.reason}${held(holds)}`,
    },
    causesOf(letters) > 0 && {
      ...{ key: `${name} letters`, tone: 'bad', view: 'letters' },
      text: `${counted(causesOf(letters), 'dead letter', 'dead letters')} at ${name}: ${codes(letters)}`,
    },
    outbox &&
      outbox.parked > 0 && {
        key: `${name} parked`,
        tone: 'bad',
        text: `Kafka refused ${counted(outbox.parked, 'record')} of ${name}`,
        view: 'outbox',
      },
    outbox &&
      outbox.oldestSeconds > OLD_SECONDS && {
        ...{ key: `${name} outbox`, tone: 'warn', view: 'outbox' },
        text: `${counted(outbox.waiting, 'event')} of ${name} wait for Kafka, the oldest for ${Math.round(outbox.oldestSeconds)} s`,
      },
    effects &&
      effects.refused > 0 && {
        key: `${name} effects`,
        tone: 'bad',
        text: `${counted(effects.refused, 'effect')} of ${name} refused`,
        view: 'outbox',
      },
    effects &&
      effects.oldestSeconds > OVERDUE_SECONDS && {
        ...{ key: `${name} overdue`, tone: 'warn', view: 'outbox' },
        text: `${counted(effects.waiting, 'effect')} of ${name} ${effects.waiting === 1 ? 'waits' : 'wait, the oldest'} for ${duration(effects.oldestSeconds * 1000)}`,
      },
  ]
  return found.filter((one): one is Trouble => Boolean(one))
}

/** What its events' orders have of it. */
const held = (orders: number) => (orders > 0 ? `; ${counted(orders, 'order waits', 'orders wait')} for it` : '')

const codes = (letters: ServicePulse['letters']) =>
  Object.entries(letters?.byCode ?? {})
    .filter(([code]) => code !== WAITING)
    .map(([code, many]) => `${many} ${code}`)
    .join(', ')

const late = ({ lag }: Pulse): Trouble[] =>
  lag.groups.flatMap(({ group, lag: behind, lagSeconds }) =>
    typeof behind === 'number' && typeof lagSeconds === 'number' && lagSeconds > LATE_SECONDS
      ? [
          {
            key: `${group} lag`,
            tone: 'warn',
            text: `${group} is ${counted(behind, 'record')} behind, ${Math.round(lagSeconds)} s`,
            view: 'lag',
            of: group,
          },
        ]
      : [],
  )
