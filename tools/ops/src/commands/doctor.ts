import { type Service, services } from '../addresses.ts'
import type { CodeSummary, Consumer, Effect, OrderList, Outbox, Readiness, Task } from '../answers.ts'
import { Unreachable } from '../client.ts'
import { command, type Ops } from '../command.ts'
import { type Checkup, doctorText, examine, examineLag, examineLetters, examineSilent, type Finding } from '../doctor.ts'
import { EXIT, OpsError } from '../exit.ts'
import { readLag } from '../lag/read.ts'
import { type LagReport, reportOf } from '../lag/view.ts'
import { ordersCounted } from '../order/status.ts'

export const doctor = command({
  name: 'doctor',
  summary: 'is everything well? if not: what, and what to do',
  about: `Looks at every service's readiness, consumer, outbox, dead letters, effects and tasks, and at the lag of every group; each finding names its
runbook. Exit code 1: something is not well. 3: nobody answers at all.`,
  options: {},
  examples: [['doctor', 'the first command of whoever is called']],
  async run(_, ops) {
    const [lag, ...told] = await Promise.all([lagTold(ops), ...services.map((service) => checkupOf(service, ops))])
    const checkups = told.flatMap(({ checkup }) => checkup ?? [])
    const nobody = told.every(({ answers }) => !answers)
    const own = told.flatMap(({ findings, checkup }) => (checkup ? examine(checkup, ops.now(), groupOf(checkup, lag)) : findings))
    const paused = new Set(checkups.flatMap(({ service, consumer }) => (consumer.paused ? service : [])))
    const ofLag = lag.report ? examineLag(lag.report, paused) : lag.findings
    const findings = nobody ? [nobodyAnswers, ...ofLag] : [...own, ...examineLetters(checkups, ops.now()), ...ofLag]
    const exit = nobody ? EXIT.unreachable : findings.length > 0 ? EXIT.notWell : EXIT.well
    const well = findings.length === 0
    const orders = well ? await ordersTold(ops) : null
    const text = doctorText(findings, [...services, 'lag'], orders && ordersCounted(orders), ops.paint)
    return { json: { well, findings, ...(orders && { orders }) }, text, exit }
  },
})

const nobodyAnswers: Finding = {
  where: 'everything',
  what: `no service answers: ${services.join(', ')}`,
  remedy: `start it: npx -y pnpm@12 demo, or docker compose up --wait (then ask from inside: docker compose run --rm ops doctor). If it runs
    elsewhere: ORDERS_URL and the others, or the demo's ORDERS_PORT and the others (ops --help)`,
  page: 'service-down.md',
}

interface Told {
  readonly checkup?: Checkup
  /** What is known of one whose checkup is not. */
  readonly findings: readonly Finding[]
  readonly answers: boolean
}

/** Ready or not is asked first: it needs neither a database nor a token. */
async function checkupOf(service: Service, ops: Ops): Promise<Told> {
  const remedy = `docker compose up -d ${service}; a demo starts it again by itself`
  const away = (what: string): Told => ({ answers: false, findings: [{ where: service, what, remedy, page: 'service-down.md' }] })
  // 503 tells why it is not ready.
  const asked = ops.ask.open<Readiness>(ops.addresses.services[service], '/readyz?verbose', [503])
  const readiness = await unlessUnreachable(asked, away)
  if ('findings' in readiness) return readiness
  return unlessUnreachable(
    checkup(service, readiness, ops).then((checkup) => ({ checkup, findings: [], answers: true })),
    (what) => ({ answers: true, findings: examineSilent(service, readiness, what) }),
  )
}

const unlessUnreachable = <Body, Other>(asked: Promise<Body>, otherwise: (what: string) => Other) =>
  asked.catch((error: unknown) => {
    if (!(error instanceof Unreachable)) throw error
    return otherwise(error.message)
  })

async function checkup(service: Service, readiness: Readiness, { ask }: Ops): Promise<Checkup> {
  const get = <Body>(path: string) => ask.get<Body>(service, `/admin/${path}`)
  const [codes, outbox, effects, consumer, tasks] = await Promise.all([
    get<CodeSummary[]>('dead-letters/summary'),
    get<Outbox>('outbox'),
    get<Effect[]>('effects?limit=500'),
    get<Consumer>('consumer'),
    get<Task[]>('tasks'),
  ])
  return { service, readiness, codes, outbox, effects, consumer, tasks }
}

/** A service of before knows no list of orders, which is no illness. */
const ordersTold = ({ ask }: Ops) =>
  ask.get<OrderList>('orders', '/admin/orders?limit=1').then(
    ({ counts }) => counts,
    (error: unknown) => {
      if (error instanceof OpsError) return null
      throw error
    },
  )

type LagTold = { readonly report: LagReport } | { readonly report?: never; readonly findings: readonly Finding[] }

const groupOf = ({ service }: Checkup, { report }: LagTold) =>
  report?.stale ? undefined : report?.groups.find(({ group }) => group === service)

const lagTold = (ops: Ops): Promise<LagTold> =>
  readLag(ops)
    .then((reading): LagTold => ({ report: reportOf(reading) }))
    .catch((error: unknown) => {
      if (!(error instanceof Unreachable)) throw error
      const remedy = 'docker compose up -d kafka; a demo starts it again by itself'
      return { findings: [{ where: 'Kafka', what: error.message, remedy, page: 'lag-unknown.md' }] }
    })
