import type { Service } from './addresses.ts'
import type { CodeSummary, Consumer, Effect, Outbox, Readiness, Task } from './answers.ts'
import { rowName } from './command.ts'
import { waitsLong } from './commands/effects.ts'
import { STUCK_SECONDS } from './commands/outbox.ts'
import { LATE_SECONDS } from './lag/reading.ts'
import { type GroupReport, type LagReport, waiting } from './lag/view.ts'
import { ago, counted, cut, duration, number, type Paint } from './words.ts'

/** What one service says of itself. */
export interface Checkup {
  readonly service: Service
  readonly readiness: Readiness
  readonly codes: readonly CodeSummary[]
  readonly outbox: Outbox
  readonly effects: readonly Effect[]
  readonly consumer: Consumer
  readonly tasks: readonly Task[]
}

/** Something that is not well: where, what, what to do, and the page that says more. */
export interface Finding {
  readonly where: string
  readonly what: string
  readonly remedy: string
  readonly page: string
}

const LONGEST = 140

/**
 * Everything that an operator should know about one service.
 * @param lag of its group, where somebody knows
 */
export function examine(checkup: Checkup, now: number, lag?: GroupReport): Finding[] {
  const findings = [readiness, consumer, outbox, effects, tasks].flatMap((look) => look(checkup, now, lag))
  return findings.map((finding) => ({ where: checkup.service, ...finding }))
}

type Found = Omit<Finding, 'where'>

function readiness({ service, readiness: { status, detail } }: Pick<Checkup, 'service' | 'readiness'>): Found[] {
  if (status === 'ready') return []
  const log = `look at its log: docker compose logs --tail 30 ${service}, or .demo/logs/${service}.log`
  const full = 'see that PostgreSQL runs and has room: docs/runbooks/disk-full.md'
  return [
    {
      what: `it is not ready: ${detail ?? status}`,
      remedy: detail?.includes('database') ? `${log}\n    ${full}` : log,
      page: 'service-down.md',
    },
  ]
}

/** One that answers, but nothing that needs its database or an operator: it says itself why it is not ready, or why not. */
export function examineSilent(service: Service, of: Readiness, why: string): Finding[] {
  const found = readiness({ service, readiness: of })
  const remedy = `nothing else is known of it; look at its log, and see that its OPS_TOKEN is set: docker compose logs --tail 30 ${service}`
  return (found.length > 0 ? found : [{ what: why, remedy, page: 'README.md' }]).map((one) => ({ where: service, ...one }))
}

function consumer({ service, consumer: { joined, paused } }: Checkup, now: number, lag?: GroupReport): Found[] {
  if (paused) {
    const what = `its consumer is paused, by ${paused.by} ${ago(paused.since, now)}: "${paused.reason}"`
    const remedy = `ask ${paused.by}, then: ops consumer resume ${service} --reason "…"`
    return [{ what: lag ? `${what}; ${waiting(lag)} records wait` : what, remedy, page: 'lag.md' }]
  }
  if (joined) return []
  return [{ what: 'it has not joined its consumer group', remedy: 'see that Kafka runs: ops topics', page: 'consumer-without-members.md' }]
}

function outbox({ service, outbox: { unsent, oldestAgeSeconds, lease, parked } }: Checkup): Found[] {
  const refused = parked.map(({ id, type, reason }): Found => {
    const remedy = `repair the cause, then: ops outbox release ${rowName({ service, id })} --reason "…"`
    return { what: `Kafka refuses its ${type ?? 'record'} (${reason})`, remedy, page: 'outbox-stuck.md' }
  })
  if (unsent === 0 || oldestAgeSeconds < STUCK_SECONDS) return refused
  const who = lease ? `${lease.owner} sends` : 'nobody sends'
  const what = `${counted(unsent, 'event')} wait in its outbox, the oldest for ${duration(oldestAgeSeconds)}, and ${who}`
  return [{ what, remedy: 'see that Kafka runs (ops topics), then: ops outbox', page: 'outbox-stuck.md' }, ...refused]
}

const BROKEN = /^(UNDECODABLE|CONTRACT_)/

/** One bad record, or one bug of all, is one finding, at however many services. */
export function examineLetters(checkups: readonly Checkup[], now: number): Finding[] {
  const all = checkups.flatMap(({ service, codes }) => codes.map((code) => ({ service, ...code })))
  const causes = Map.groupBy(
    all.filter(({ code }) => code !== 'WAITING'),
    ({ code }) => code,
  )
  return [...causes].map(([code, of]) => {
    const only = of.length === 1 ? ` --service ${of[0]!.service}` : ''
    const since = duration((now - Math.min(...of.map(({ firstSeen }) => Date.parse(firstSeen)))) / 1000)
    const orders = Math.max(...of.map((one) => one.orders))
    const held = orders > 0 ? `, ${counted(orders, 'order')} parked` : ''
    const what = `${counted(
      of.reduce((sum, { open }) => sum + open, 0),
      'dead letter',
    )} ${code} for ${since}${held}`
    return { where: of.map(({ service }) => service).join(', '), what, remedy: endOf(code, only), page: 'dead-letters.md' }
  })
}

function endOf(code: string, only: string): string {
  const look = `ops dlq ls --code ${code}${only}`
  if (BROKEN.test(code)) {
    const discard = `ops dlq discard --code ${code}${only} --reason "…" (shows them first; --yes does it)`
    return `${look}; find the sender, then: ${discard}`
  }
  const repair = code === 'EFFECT_REFUSED' ? 'repair the cause at the provider' : 'deploy the fix'
  return `${look}; ${repair}, then: ops dlq redrive --code ${code}${only}`
}

/** Refused ones are dead letters, and told as such. */
function effects({ service, effects: all }: Checkup, now: number): Found[] {
  const late = Map.groupBy(
    all.filter((effect) => waitsLong(effect, now)),
    ({ kind }) => kind,
  )
  return [...late].map(([kind, of]) => {
    const error = of.find(({ lastError }) => lastError !== null)?.lastError
    const what = `${counted(of.length, 'effect')} ${kind} wait${of.length === 1 ? 's' : ''}: ${cut(error ?? 'nobody has begun', LONGEST)}`
    return {
      what,
      remedy: `bring back who does not answer; they go on by themselves: ops effects --service ${service}`,
      page: 'effects-waiting.md',
    }
  })
}

function tasks(checkup: Checkup, now: number): Found[] {
  return [...interrupted(checkup), ...triedAgain(checkup, now), ...failed(checkup, now)]
}

function interrupted({ service, tasks: all }: Checkup): Found[] {
  const ended = all.filter(({ status }) => status === 'interrupted')
  return ended.map(({ id, kind }) => ({
    what: `task ${id} (${kind}) is interrupted: nobody works on it`,
    remedy: `start the service; it goes on: ops tasks watch ${rowName({ service, id })}`,
    page: 'dead-letters.md',
  }))
}

const TRIED_LONG_MS = 60_000

function triedAgain({ service, tasks: all }: Checkup, now: number): Found[] {
  const stuck = all.filter((task) => task.status === 'running' && task.retriedSince && now - Date.parse(task.retriedSince) > TRIED_LONG_MS)
  return stuck.map(({ id, kind, retriedSince, error }) => ({
    what: `task ${id} (${kind}) has been tried again for ${duration((now - Date.parse(retriedSince!)) / 1000)}, and later ones wait: ${cut(error ?? '', LONGEST)}`,
    remedy: `mend what it needs, and it goes on by itself; or: ops tasks cancel ${rowName({ service, id })}`,
    page: 'README.md',
  }))
}

const FAILED_LATELY_MS = 3_600_000

/** Whoever has begun one like it since has seen it. */
function failed({ service, tasks: all }: Checkup, now: number): Found[] {
  const lately = all.filter(({ status, updatedAt }) => status === 'failed' && now - Date.parse(updatedAt) < FAILED_LATELY_MS)
  const last = lately.filter(({ id, kind }) => !all.some((other) => other.kind === kind && Number(other.id) > Number(id)))
  return last.map(({ id, kind, updatedAt, error }) => ({
    what: `task ${id} (${kind}) failed ${ago(updatedAt, now)}: ${cut(error ?? '', LONGEST)}`,
    remedy: `mend that, and begin it again; what it did: ops tasks ls --service ${service}`,
    page: 'README.md',
  }))
}

/** Everything that the lag tells, and that is not told already: a group whose consumer is paused does not read, of course. */
export function examineLag({ groups, source, stale }: LagReport, paused: ReadonlySet<string>): Finding[] {
  if (stale)
    return [{ where: 'lag', what: `nobody knows the lag: ${stale}`, remedy: 'see that Kafka runs: ops topics', page: 'lag-unknown.md' }]
  const blind = {
    where: 'console',
    what: 'it does not answer, so that alerts on lag are blind',
    remedy: 'start it: docker compose up -d console',
    page: 'lag-unknown.md',
  }
  return [...(source === 'kafka' ? [blind] : []), ...groups.flatMap((group) => lateness(group, paused.has(group.group)))]
}

function lateness(report: GroupReport, paused: boolean): Finding[] {
  const { group, members, lag, seconds, neverCommitted, unknown } = report
  const where = `group ${group}`
  if (members === 0) {
    const what = `it has no members${lag || unknown ? `, and ${waiting(report)} events wait` : ''}`
    return [{ where, what, remedy: `start the service: docker compose up -d ${group}`, page: 'consumer-without-members.md' }]
  }
  if (paused) return []
  if (neverCommitted > 0) {
    const what = `no committed offset yet in ${counted(neverCommitted, 'partition')} that have records; ${waiting(report)} events wait`
    return [{ where, what, remedy: 'see that it can save: its log, and ops consumer', page: 'consumer-without-members.md' }]
  }
  if ((seconds ?? 0) <= LATE_SECONDS) return []
  return [
    {
      where,
      what: `it is ${duration(seconds!)} behind, with ${number(lag!)} events`,
      remedy: 'see where, and whether it shrinks: ops lag -v',
      page: 'lag.md',
    },
  ]
}

/**
 * The findings, or that all is well.
 * @param orders how many there are, and how many have ended, where orders tells
 */
export function doctorText(findings: readonly Finding[], looked: readonly string[], orders: string | null, paint: Paint): string {
  const scope = `Looked at ${looked.join(', ')}.`
  if (findings.length === 0) return [`${paint('green', '✔ All is well.')} ${scope}`, ...(orders ? [orders] : [])].join('\n')
  const told = findings.map(({ where, what, remedy, page }) =>
    [`${paint('red', '✖')} ${paint('bold', where)}: ${what}`, `    ${remedy}`, paint('dim', `    docs/runbooks/${page}`)].join('\n'),
  )
  return [...told, `${counted(findings.length, 'thing is', 'things are')} not well. ${scope}`].join('\n\n')
}
