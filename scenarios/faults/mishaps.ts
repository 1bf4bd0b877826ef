import { CRASH_POINTS } from '@quadrille/messaging'
import { type ServiceName, serviceNames, type TcpProxy, type Weather, waitFor } from '@quadrille/testing'
import { plant } from '../stack/witnesses.ts'
import { isCommit, isPost, isProduce } from './requests.ts'
import type { Trial } from './row.ts'
import { poison } from './rows/records.ts'
import { waysTo } from './wires.ts'

/** Something that goes wrong, and is well again when `strike` resolves. It tells how often it hit. */
export interface Mishap {
  readonly name: string
  strike(trial: Trial, random: () => number): Promise<number>
}

const pick = <T>(choices: readonly T[], random: () => number) => choices[Math.floor(random() * choices.length)]!
const between = (from: number, to: number, random: () => number) => from + random() * (to - from)
const anyService = (random: () => number): ServiceName => pick(serviceNames, random)

/** At one process, while the others go on. Nobody waits until it is ready: what it needs may be away. */
export const processMishaps: readonly Mishap[] = [
  {
    name: 'service killed',
    async strike({ stack }, random) {
      const name = anyService(random)
      await stack.kill(name)
      await stack.launch(name)
      return 1
    },
  },
  { name: 'service killed at a point', strike: (trial, random) => dieSomewhere(trial, random) },
  {
    name: 'service frozen',
    async strike({ stack, last }, random) {
      const name = anyService(random)
      stack.signal(name, 'SIGSTOP')
      await last(between(1_000, 15_000, random))
      stack.signal(name, 'SIGCONT')
      return 1
    },
  },
  {
    name: 'service replaced in order',
    async strike({ stack }, random) {
      const name = anyService(random)
      await stack.stop(name)
      await stack.launch(name)
      return 1
    },
  },
  {
    name: 'second instance came and went',
    async strike({ stack, last }, random) {
      const name = `${anyService(random)}-2` as const
      await stack.launch(name)
      await last(between(3_000, 15_000, random))
      await (random() < 0.5 ? stack.kill(name) : stack.stop(name))
      return 1
    },
  },
  {
    name: 'provider or mail server killed',
    async strike({ stack, last }, random) {
      const name = pick(['psp', 'mail'] as const, random)
      await stack.kill(name)
      await last(between(500, 5_000, random))
      await stack.launch(name)
      return 1
    },
  },
]

const DIES_WITHIN_MS = 15_000

/** A point that is not passed in time, since Kafka or the database is away, is no reason to live longer. */
async function dieSomewhere({ stack }: Trial, random: () => number): Promise<number> {
  const name = anyService(random)
  const plan = `${pick(CRASH_POINTS, random)}:${1 + Math.floor(random() * 4)}`
  await stack.stop(name)
  const doomed = await stack.launch(name, { CRASH_AT: plan })
  const ended = stack.ended(name)
  const died = await waitFor(() => doomed.exit(), { deadline: DIES_WITHIN_MS }).catch(() => undefined)
  doomed.kill('SIGKILL')
  await ended
  await stack.launch(name)
  return died ? 1 : 0
}

const kinds = ['up', 'down'] as const

/** Around the processes: servers, networks, the outside world, and records that no service wrote. */
export const surroundingMishaps: readonly Mishap[] = [
  {
    name: 'Kafka killed',
    async strike({ kafka, last }, random) {
      await kafka.kill()
      await last(between(0, 10_000, random))
      await kafka.start()
      return 1
    },
  },
  frozen('Kafka frozen', 'kafka', 12_000),
  {
    name: 'PostgreSQL restarted',
    async strike({ postgres, last }, random) {
      await postgres.stop(pick(['SIGINT', 'SIGQUIT', 'SIGKILL'] as const, random))
      await last(between(0, 5_000, random))
      await postgres.start()
      return 1
    },
  },
  frozen('PostgreSQL frozen', 'postgres', 10_000),
  {
    name: 'way cut',
    async strike(trial, random) {
      const direction = pick(kinds, random)
      return weather(trial, random, { [direction]: { cut: true } }, (way) => way.bites.cutUp + way.bites.cutDown)
    },
  },
  {
    name: 'way slow',
    strike: (trial, random) =>
      weather(
        trial,
        random,
        { up: { latencyMs: 150 }, down: { latencyMs: 150, pieces: { bytes: 1_024, everyMs: 1 } } },
        (way) => way.bites.slowed,
      ),
  },
  {
    name: 'connections refused',
    strike: (trial, random) => weather(trial, random, { refuse: true }, (way) => way.bites.reset + way.bites.refused),
  },
  {
    name: 'answers lost',
    async strike({ wires, last }, random) {
      const [wire, match] = pick(
        [
          ...serviceNames.flatMap((name) => [[wires[`${name}-kafka`], isProduce] as const, [wires[`${name}-postgres`], isCommit] as const]),
          [wires['payments-psp'], isPost] as const,
        ],
        random,
      )
      const before = wire.bites.lostAnswers
      await Promise.race([wire.loseAnswers(1 + Math.floor(random() * 3), match), last(10_000)])
      wire.become({})
      return wire.bites.lostAnswers - before
    },
  },
  {
    name: 'provider down',
    async strike({ stack, last }, random) {
      await stack.turn('psp', { down: true }).catch(() => undefined) // it may be dead at the moment
      await last(between(2_000, 15_000, random))
      await stack.turn('psp', { down: false }).catch(() => undefined)
      return 1
    },
  },
  {
    name: 'mail server refuses, or accepts without a word',
    async strike({ stack, last }, random) {
      await stack.turn('mail', random() < 0.5 ? { down: true } : { dropAfterAccept: 3 }).catch(() => undefined)
      await last(between(1_000, 8_000, random))
      await stack.turn('mail', { down: false }).catch(() => undefined)
      return 1
    },
  },
  {
    name: 'poison read',
    async strike({ stack }, random) {
      const topic = pick(['orders.v1', 'payments.v1'], random)
      return (await plant(stack, topic, pick(poison, random)())).length
    },
  },
]

function frozen(name: string, server: 'kafka' | 'postgres', mostMs: number): Mishap {
  return {
    name,
    async strike({ [server]: hurt, last }, random) {
      await hurt.freeze()
      await last(between(1_000, mostMs, random))
      await hurt.thaw()
      return 1
    },
  }
}

/** One way, or all that lead to the same server. */
async function weather({ wires, last }: Trial, random: () => number, made: Weather, hits: (way: TcpProxy) => number): Promise<number> {
  const name = pick(Object.keys(wires) as (keyof typeof wires)[], random)
  const to = name.slice(name.indexOf('-') + 1)
  const ways = random() < 0.5 ? [wires[name]] : waysTo(wires, to)
  const count = () => ways.reduce((sum, way) => sum + hits(way), 0)
  const before = count()
  for (const way of ways) way.become(made)
  await last(between(1_000, 10_000, random))
  for (const way of ways) way.become({})
  return count() - before
}
