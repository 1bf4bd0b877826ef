import { describeError } from './errors.ts'
import { type Decidable, type Failure, type Folded, isConsumed, isUnwanted } from './fold.ts'
import { type EventInput, type InvalidInput, type Letter, type Message, type StartedEffect, WAITING } from './input.ts'
import { deadLetter } from './letter.ts'
import type { Plan } from './plan.ts'
import type { Changes, EndedEffect, OutboxLetter, ParkedRow } from './store.ts'

/** What a folded set writes. Pure: `newId` names the letters that go out. */
export function changesOf<State, Shared>(
  consumer: string,
  folded: Folded<State, Shared>,
  plan: Plan,
  parkedBefore: ReadonlySet<string>,
  newId: () => string,
): Changes<State, Shared> {
  const dead = folded.failed.filter(({ step }) => step.kind !== 'command')
  const firstDeaths = dead.filter(({ step }) => letterOf(step, plan) === undefined || letterOf(step, plan)?.code === WAITING)
  return {
    states: [...folded.changed].map((orderId) => folded.states.get(orderId)!),
    shared: [...folded.changedShared].map((key) => folded.shared.get(key)!),
    events: folded.events,
    sequences: sequencesOf(folded),
    effects: folded.effects,
    ended: [...folded.passed, ...dead.map(({ step }) => step)].flatMap((step) => endedBy(step, dead)),
    due: plan.due,
    parked: [...parkedRows(dead, plan), ...folded.waiting.filter((step) => !step.letter).map(waitingRow)],
    failedAgain: dead.flatMap((failure) => failedAgain(failure, plan)),
    closed: [...folded.passed.flatMap((step) => closedBy(step, plan)), ...endedByPlan(plan)],
    letters: firstDeaths.map((failure) => letterFor(consumer, failure, newId())),
    streams: parkedChanges(folded, dead, parkedBefore),
  }
}

/** Only orders that emitted: writing back the others would cost a row version each. */
function sequencesOf(folded: Folded<never, never> | Folded<unknown, unknown>) {
  const emitted = new Set(folded.events.map(({ key }) => key))
  return new Map([...folded.sequences].filter(([orderId]) => emitted.has(orderId)))
}

const letterOf = (step: Decidable, plan: Plan): Letter | undefined =>
  isConsumed(step) ? step.letter : step.kind === 'command' ? undefined : plan.effectLetters.get(step.effect.key)

function endedBy(step: Decidable, dead: readonly Failure[]): EndedEffect[] {
  if (step.kind !== 'outcome' && step.kind !== 'refusal') return []
  const { key, attempt } = step.effect
  const failure = dead.find((one) => one.step === step)
  if (failure) return [{ key, attempt, status: 'refused', error: describeError(failure.error) }]
  return [{ key, attempt, status: step.kind === 'outcome' && isUnwanted(step) ? 'void' : 'done' }]
}

const parkedRows = (dead: readonly Failure[], plan: Plan) => dead.filter(({ step }) => !letterOf(step, plan)).map(deadRow)

function deadRow({ step, code, error }: Failure): ParkedRow {
  const row = { code, error: describeError(error), orderId: step.orderId }
  if (isConsumed(step)) return { ...row, origin: 'event', effectKey: null, eventId: step.id, attempts: 1, message: step.message }
  const { effect } = step as { effect: StartedEffect }
  const eventId = `${effect.key}#${effect.attempt}`
  return { ...row, origin: 'effect', effectKey: effect.key, eventId, attempts: effect.attempt, message: effectMessage(effect) }
}

const waitingRow = (step: EventInput | InvalidInput): ParkedRow => ({
  orderId: step.orderId,
  eventId: step.id,
  origin: 'event',
  effectKey: null,
  code: WAITING,
  error: 'an earlier event of this order is parked',
  attempts: 0,
  message: step.message,
})

/** A refused effect has no record of its own in Kafka. Its letter names key and attempt; the payload stays in `effects`, for it may be personal. */
const effectMessage = (effect: StartedEffect): Message => ({
  topic: `effect:${effect.kind}`,
  partition: 0,
  offset: String(effect.attempt),
  timestamp: '',
  key: Buffer.from(effect.orderId),
  value: Buffer.from(JSON.stringify({ orderId: effect.orderId })),
  headers: { 'x-effect-key': effect.key },
})

function failedAgain({ step, code, error }: Failure, plan: Plan) {
  const letter = letterOf(step, plan)
  return letter ? [{ id: letter.id, code, error: describeError(error) }] : []
}

function closedBy(step: Decidable, plan: Plan) {
  const letter = letterOf(step, plan)
  return letter ? [{ id: letter.id, outcome: 'redriven' as const }] : []
}

const endedByPlan = ({ discarded, unread }: Plan) => [
  ...discarded.map(({ id, reason }) => ({ id, outcome: 'discarded' as const, reason })),
  ...unread.map((id) => ({ id, outcome: 'redriven' as const, reason: 'no longer read by this service' })),
]

function letterFor(consumer: string, { step, code, error }: Failure, id: string): OutboxLetter {
  const message = isConsumed(step) ? step.message : effectMessage((step as { effect: StartedEffect }).effect)
  const origin = isConsumed(step) ? 'event' : 'effect'
  return deadLetter(consumer, { id, message, origin, code, error: describeError(error), attempts: 1 })
}

function parkedChanges(folded: Folded<never, never> | Folded<unknown, unknown>, dead: readonly Failure[], before: ReadonlySet<string>) {
  const reasons = new Map(dead.map(({ step, code }) => [step.orderId, code]))
  const parked = [...folded.parked].filter((orderId) => !before.has(orderId) || reasons.has(orderId))
  const freed = [...before].filter((orderId) => !folded.parked.has(orderId))
  return new Map<string, string | null>([
    ...parked.map((id) => [id, reasons.get(id) ?? WAITING] as const),
    ...freed.map((id) => [id, null] as const),
  ])
}
