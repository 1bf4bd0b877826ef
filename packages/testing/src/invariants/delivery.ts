import { HEADERS } from '@quadrille/contracts'
import type { EffectRow, OutboxRow, ServiceName, TopicRecord } from './snapshot.ts'
import { isEvent, placeOf, type Survey, type Violation } from './survey.ts'

/**
 * I6: every outbox row that is neither parked nor past retention is in its topic, and conversely; every `done` effect took effect once at its
 * provider, every other never.
 */
export function* nothingLostNothingMade(survey: Survey): Iterable<Violation> {
  const inTopics = new Map(survey.own.map((record) => [idOf(record), record]))
  const inOutboxes = new Map<string, OutboxRow>()
  for (const [service, { outbox }] of entries(survey)) {
    const waiting = new Set(outbox.filter(({ parked, key }) => parked && key !== null).map(lineOf))
    for (const row of outbox) {
      inOutboxes.set(row.eventId, row)
      if (!row.old && !row.parked && !waiting.has(lineOf(row)))
        yield* named(`${service} ${row.eventId}`, sent(row, inTopics.get(row.eventId)))
    }
  }
  for (const record of survey.own) {
    const row = inOutboxes.get(idOf(record))
    if (row?.topic !== record.topic) yield* named(placeOf(record), ['is in the topic, and no outbox has it'])
  }
  const timesDone = timesDoneIn(survey)
  for (const [, { effects }] of entries(survey))
    for (const effect of effects) yield* named(effect.key, effectProblems(effect, timesDone(effect)))
}

const entries = ({ runtimes }: Survey) => Object.entries(runtimes) as [ServiceName, Survey['runtimes'][ServiceName]][]

const lineOf = ({ topic, key, eventId }: OutboxRow) => (key === null ? eventId : `${topic} ${key}`)

const idOf = (record: TopicRecord) => (isEvent(record) ? record.headers[HEADERS.id] : record.headers['x-dlq-id']) ?? placeOf(record)

function* named(subject: string, problems: Iterable<string>): Iterable<Violation> {
  for (const problem of problems) yield { invariant: 'I6', subject, problem }
}

function* sent({ topic, key, value, published }: OutboxRow, record: TopicRecord | undefined) {
  if (!published) yield `waits in the outbox for ${topic}`
  if (published && !record) yield `is marked as published, and not in ${topic}`
  if (record && ((key !== null && record.key !== key) || record.value !== value)) yield `is another record in ${topic} than in the outbox`
}

function* effectProblems({ status }: EffectRow, times: number | undefined) {
  if (status === 'due') yield 'has not been done'
  if (times === undefined || status === 'due') return
  if (status === 'done' && times === 0) yield 'is done, and its provider knows nothing of it'
  if (status !== 'done' && times > 0) yield `is ${status}, and its provider did it`
  if (times > 1) yield `was done ${times} times`
}

/** How often the provider did it; undefined where nothing happens outside. Of mails a repeat is judged elsewhere. */
function timesDoneIn({ ledger, mails, mailbox }: Survey): (effect: EffectRow) => number | undefined {
  const moves = Map.groupBy(ledger, ({ key }) => key)
  const received = new Set(mailbox.map(({ messageId }) => messageId))
  const arrived = new Set(
    mails.filter(({ messageId }) => received.has(messageId ?? '')).map(({ orderId, fact }) => `mail:${orderId}:${fact}`),
  )
  return ({ key, kind }) => {
    if (kind === 'charge-card' || kind === 'refund-card') return moves.get(key)?.length ?? 0
    return kind === 'send-mail' ? Number(arrived.has(key)) : undefined
  }
}
