import { dlqTopic } from '@quadrille/contracts'
import type { LetterRow, PlantedLetter, RuntimeRows, ServiceName } from './snapshot.ts'
import type { Survey, Violation } from './survey.ts'

/** Parked because an earlier event of its order is; no letter of its own. */
const WAITING = 'WAITING'

/** I8: the dead letters ever written are the faults planted, and nothing else is parked. */
export function* onlyPlantedLetters(survey: Survey): Iterable<Violation> {
  const planted = survey.planted.deadLetters ?? []
  for (const service of Object.keys(survey.runtimes) as ServiceName[]) {
    const runtime = survey.runtimes[service]
    const dead = runtime.letters.filter(({ code }) => code !== WAITING)
    yield* named(
      service,
      differences(
        dead,
        planted.filter(({ consumer }) => consumer === service),
      ),
    )
    yield* named(service, topicProblems(dead.length, service, survey))
    yield* named(service, parkedProblems(runtime))
  }
}

function* named(service: ServiceName, problems: Iterable<readonly [subject: string, problem: string]>): Iterable<Violation> {
  for (const [subject, problem] of problems) yield { invariant: 'I8', subject: `${service} ${subject}`, problem }
}

function* differences(dead: readonly LetterRow[], planted: readonly PlantedLetter[]) {
  const left = [...planted]
  for (const letter of dead) {
    const place = left.findIndex(({ code, orderId }) => code === letter.code && orderId === letter.orderId)
    if (place < 0) yield [letter.orderId ?? letter.eventId, `a dead letter ${letter.code} that nobody planted`] as const
    else left.splice(place, 1)
  }
  for (const { code, orderId } of left) yield [orderId ?? 'without an order', `a planted ${code} became no dead letter`] as const
}

function* topicProblems(dead: number, service: ServiceName, { own }: Survey) {
  const topic = dlqTopic(service)
  const told = new Set(own.filter((record) => record.topic === topic).map(({ headers }) => headers['x-dlq-id'])).size
  if (told !== dead) yield [topic, `holds ${told} letters, and ${dead} were written`] as const
}

function* parkedProblems({ streams, letters, outbox }: RuntimeRows) {
  const open = new Set(letters.filter(({ outcome }) => outcome === null).map(({ orderId }) => orderId))
  for (const { orderId, parked } of streams) {
    if (parked && !open.has(orderId)) yield [orderId, 'is parked behind nothing'] as const
    if (!parked && open.has(orderId)) yield [orderId, 'has open letters, and is not parked'] as const
  }
  for (const { eventId, parked } of outbox) if (parked) yield [eventId, 'was refused by Kafka'] as const
}
