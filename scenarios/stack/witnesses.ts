import { HEADERS } from '@quadrille/contracts'
import { uuidv7 } from '@quadrille/messaging'
import {
  type AskedOrder,
  type CheckTargets,
  checkInvariants,
  createReader,
  type LedgerLine,
  type Planted,
  type PlantedLetter,
  type QuietOptions,
  type ServiceName,
  serviceNames,
  subscriptions,
  type TopicRecord,
  type Violation,
  waitUntilQuiet,
} from '@quadrille/testing'

/** A record to write by hand; bytes as they are. */
export interface RawRecord {
  readonly key: string | null
  readonly value: string | Buffer | null
  readonly headers?: Readonly<Record<string, string>>
}

/** Bytes that are no event of anything. */
export const noEvent: RawRecord = { key: null, value: Buffer.from([0xff, 0x00, 0xfe]) }

/** As if payments had captured the money of that order. */
export const forgedHeaders = (orderId: string) => ({
  [HEADERS.specversion]: '1.0',
  [HEADERS.id]: uuidv7(),
  [HEADERS.type]: 'PaymentCaptured.v1',
  [HEADERS.source]: '/payments',
  [HEADERS.time]: new Date().toISOString(),
  [HEADERS.subject]: orderId,
  [HEADERS.correlationId]: uuidv7(),
  [HEADERS.sequence]: '99',
})

/** What a test sees of the system from outside, and what it does to it on purpose. */
export interface Witnesses {
  /** Makes the payment provider or the mail sink misbehave. */
  turn(name: 'psp' | 'mail', state: object): Promise<void>
  /** What the payment provider's own books say of an order. */
  ledgerOf(orderId: string): Promise<LedgerLine[]>
  /** Writes a record that no service would; the checker is told. */
  produce(topic: string, record: RawRecord): Promise<void>
  /** Tells the checker that these dead letters are meant. */
  expectLetters(...letters: PlantedLetter[]): void
  /** All that was done on purpose so far, as the checker is told. */
  planted(): Planted
  quiet(options?: QuietOptions): Promise<void>
  /** Waits until quiet, then tells what is not as promised: I1 to I9. */
  violations(): Promise<Violation[]>
}

export const readersOf = (topic: string) => serviceNames.filter((service) => subscriptions[service].includes(topic))

const undecodable = { code: 'UNDECODABLE', orderId: null }

/** Writes a record that every reader of the topic refuses, and tells the checker whose dead letters are meant; gives the readers. */
export async function plant(
  { expectLetters, produce }: Pick<Witnesses, 'expectLetters' | 'produce'>,
  topic: string,
  record: RawRecord,
  letter: Omit<PlantedLetter, 'consumer'> = undecodable,
): Promise<readonly ServiceName[]> {
  const readers = readersOf(topic)
  expectLetters(...readers.map((consumer) => ({ consumer, ...letter })))
  await produce(topic, record)
  return readers
}

export function createWitnesses(targets: CheckTargets, orders: readonly AskedOrder[]): Witnesses {
  const records: Pick<TopicRecord, 'topic' | 'partition' | 'offset'>[] = []
  const deadLetters: PlantedLetter[] = []
  const planted = () => ({ orders, records, deadLetters })
  const quiet = (options?: QuietOptions) => waitUntilQuiet(targets, { deadline: 90_000, ...options })
  return {
    turn: (name, state) => put(`${name === 'psp' ? targets.pspUrl : targets.mailUrl}/switch`, state),
    async ledgerOf(orderId) {
      const lines = (await (await fetch(`${targets.pspUrl}/ledger`)).json()) as LedgerLine[]
      return lines.filter((line) => line.orderId === orderId)
    },
    async produce(topic, record) {
      const producer = createReader(targets).producer({ allowAutoTopicCreation: false })
      await producer.connect()
      const written = await producer.send({ topic, messages: [record] })
      await producer.disconnect()
      records.push(...written.map(({ partition, baseOffset }) => ({ topic, partition, offset: baseOffset! })))
    },
    expectLetters: (...letters) => void deadLetters.push(...letters),
    planted,
    quiet,
    async violations() {
      await quiet()
      return checkInvariants({ ...targets, planted: planted() })
    },
  }
}

async function put(url: string, body: object) {
  const response = await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
}
