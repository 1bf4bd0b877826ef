import { WAITING } from './input.ts'
import type { EffectState } from './postgres/effects-state.ts'
import type { OrderRecord } from './postgres/order-record.ts'

/** Why an order goes no further in one service, in plain sentences, what an operator can do about first. */
export function waitsOf(service: string, record: OrderRecord, now: Date): string[] {
  if (!record.known) return [`${service} has not heard of this order`]
  return [...letterWaits(record), ...record.effects.flatMap((effect) => effectWaits(effect, now)), ...outboxWaits(record)]
}

function letterWaits({ letters }: OrderRecord): string[] {
  const open = letters.filter(({ status }) => status === 'open')
  const behind = open.filter(({ code }) => code === WAITING).length
  const causes = open
    .filter(({ code }) => code !== WAITING)
    .map(({ id, type, effectKey, code, error }) => {
      const what = effectKey === null ? `its ${type ?? 'record'}` : `effect ${effectKey}`
      return `waits for an operator: ${what} became dead letter ${id} (${code}: ${error}); repair the cause and redrive it, or discard it`
    })
  return behind === 0 ? causes : [...causes, `${counted(behind, 'later event waits', 'later events wait')} behind that`]
}

function effectWaits({ key, status, attempts, runAt, leasedUntil, lastError }: EffectState, now: Date): string[] {
  if (status !== 'due') return []
  if (leasedUntil !== null && leasedUntil > now) return [`effect ${key} is under way`]
  const failed = `effect ${key} failed (${counted(attempts, 'attempt', 'attempts')}, last: ${lastError ?? 'its process ended'})`
  if (runAt <= now) return [attempts > 0 ? `${failed} and is tried again now` : `effect ${key} is due, and nobody has begun it`]
  return [attempts > 0 ? `${failed} and is tried again at ${runAt.toISOString()}` : `effect ${key} begins at ${runAt.toISOString()}`]
}

function outboxWaits({ emitted }: OrderRecord): string[] {
  const unsent = emitted.filter(({ publishedAt }) => publishedAt === null)
  const refused = unsent.find(({ parked }) => parked !== null)
  if (refused) return [`waits for an operator: Kafka refuses its ${refused.type} (${refused.parked}); remove the reason, then release it`]
  return unsent.length === 0 ? [] : [`${counted(unsent.length, 'event waits', 'events wait')} for the relay`]
}

const counted = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`
