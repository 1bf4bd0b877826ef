import { topicOf } from '@quadrille/contracts'
import type { ReplayingKafka } from '@quadrille/messaging'
import { type Addresses, type Client, createClient } from '@quadrille/ops'
import type { Consumer, FaultId, ServiceName } from '../api-types.ts'
import { readersOf } from './catalogue.ts'
import { tellDemo, turn, type Verb } from './outside.ts'
import { lastRecords, poison, publish } from './records.ts'
import type { Deed, Wish } from './standing.ts'

export interface DeedsOptions {
  readonly addresses: Addresses
  readonly token: string
  readonly kafka: ReplayingKafka
  readonly pspUrl: string
  readonly mailUrl: string
  /** The demo, where it runs the processes. */
  readonly demoUrl: string | undefined
  readonly fetch: typeof fetch
}

/** By it what was paused here is known from what an operator paused. */
const BECAUSE = 'Break it: '

/** How each fault is done and undone; whatever goes through the operators' API is held in the audit there. */
export function createDeeds(options: DeedsOptions) {
  const { addresses, token, kafka, fetch } = options
  const clientOf: ClientOf = (operator) =>
    createClient({ addresses, token: () => token, operator, forPrograms: true, signal: AbortSignal.timeout(15_000), fetch })
  const deeds: Readonly<Record<FaultId, (wish: Wish, id: string) => Deed>> = {
    ...outsideDeeds(options),
    ...processDeeds(options),
    pause: ({ target, by, fault }) => paused(clientOf, target!, by, `${BECAUSE}for ${fault.seconds} s`),
    poison: ({ target, by }, id) => poisoned(clientOf, kafka, target!, by, id),
    twice: ({ target, number }) => twice(kafka, target!, number!),
  }
  return (wish: Wish, id: string): Deed => deeds[wish.fault.id](wish, id)
}

type Deeds = Readonly<Record<string, (wish: Wish) => Deed>>

function outsideDeeds({ pspUrl, mailUrl, fetch }: DeedsOptions) {
  const switched = (url: string, on: object, well: object, words: string): Deed => ({
    does: () => turn(url, on, fetch).then(() => words),
    undoes: () => turn(url, offOf(on, well), fetch),
  })
  const psp = (on: Partial<typeof PSP_WELL>, words: string) => switched(pspUrl, on, PSP_WELL, words)
  const mail = (on: Partial<typeof MAIL_WELL>, words: string) => switched(mailUrl, on, MAIL_WELL, words)
  return {
    'psp-down': () => psp({ down: true }, 'The provider answers 503 now.'),
    'psp-declines': ({ number }) => psp({ declinePercent: number! }, `The provider declines ${number} of 100 new charges now.`),
    'psp-slow': ({ number }) => psp({ delayMs: number! * 1_000 }, `The provider answers ${number} s late now.`),
    'mail-down': () => mail({ down: true }, 'The mail server refuses every mail now.'),
    'mail-loses': ({ number }) => mail({ dropAfterAccept: number! }, `The next ${number} mails are taken without a word.`),
  } satisfies Deeds
}

function processDeeds({ demoUrl = '', token, fetch }: DeedsOptions) {
  const told = (part: string, verb: Verb, back: Verb, words: string): Deed => ({
    does: () => tellDemo(demoUrl, token, part, verb, fetch).then(() => words),
    undoes: () => tellDemo(demoUrl, token, part, back, fetch),
  })
  return {
    kill: ({ target }) => told(`parts/${target}`, 'kill', 'start', `${target} was killed; the demo starts it again.`),
    freeze: ({ target }) => told(`parts/${target}`, 'freeze', 'thaw', `${target} stands still.`),
    relay: ({ target }) => told(`relays/${target}`, 'stop', 'start', `The relay of ${target} sends nothing more, within 3 s.`),
    'kafka-stop': () => told('parts/kafka', 'stop', 'start', 'Kafka is stopped.'),
  } satisfies Deeds
}

const PSP_WELL = { down: false, declinePercent: 0, delayMs: 0 }
const MAIL_WELL = { down: false, dropAfterAccept: 0 }

/** What is turned back with it; whatever else is broken there stays so until its own time is over. */
const offOf = (on: object, well: object) => Object.fromEntries(Object.entries(well).filter(([name]) => name in on))

type ClientOf = (operator: string) => Client

const paused = (clientOf: ClientOf, service: ServiceName, by: string, reason: string): Deed => ({
  does: () =>
    clientOf(by)
      .post(service, '/admin/consumer/pause', { reason })
      .then(() => `${service} reads nothing more.`),
  undoes: () => resumed(clientOf(by), service, `${BECAUSE}it is over`),
})

/** Only what was paused here: an operator's own pause is nobody else's to end. */
async function resumed(client: Client, service: ServiceName, reason: string): Promise<void> {
  const { paused } = await client.get<Consumer>(service, '/admin/consumer')
  if (paused?.reason.startsWith(BECAUSE)) await client.post(service, '/admin/consumer/resume', { reason })
}

function poisoned(clientOf: ClientOf, kafka: ReplayingKafka, emitter: ServiceName, by: string, key: string): Deed {
  const topic = topicOf(emitter)
  const readers = readersOf(emitter)
  return {
    async does() {
      await publish(kafka, [poison(topic, key)])
      return `It is in ${topic}, under the key ${key}: a dead letter at ${readers.join(', ')}.`
    },
    async undoes() {
      for (const reader of readers) await discarded(clientOf(by), reader, key)
    },
  }
}

async function discarded(client: Client, reader: ServiceName, key: string): Promise<void> {
  const letters = await client.get<readonly { readonly id: string }[]>(reader, `/admin/dead-letters?open=true&orderId=${key}`)
  for (const { id } of letters) await client.post(reader, `/admin/dead-letters/${id}/discard`, { reason: `${BECAUSE}it is over` })
}

const twice = (kafka: ReplayingKafka, emitter: ServiceName, many: number): Deed => ({
  async does() {
    const records = await lastRecords(kafka, topicOf(emitter), many)
    if (records.length > 0) await publish(kafka, records)
    return `Of ${topicOf(emitter)} published again: ${records.length}.`
  },
  undoes: async () => undefined,
})
