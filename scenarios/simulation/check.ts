import { type History, type HistoryOptions, playHistory, replay } from './history.ts'
import { violations } from './invariants.ts'

/** What a history showed: what was wrong, and that the mishaps really happened. */
export interface Verdict {
  readonly seed: number
  readonly wrong: readonly string[]
  readonly steps: number
  readonly sometimes: Readonly<Record<string, number>>
}

/** Plays a history and checks every invariant, also after everything was read again. */
export async function checkHistory(options: HistoryOptions): Promise<Verdict> {
  const { seed } = options
  try {
    const history = await playHistory(options)
    const wrong = [...violations(history), ...(await replayViolations(history))]
    return { seed, wrong, steps: history.stage.scheduler.steps, sometimes: sometimesOf(history) }
  } catch (error) {
    return { seed, wrong: [`it never came to rest: ${(error as Error).message}`], steps: 0, sometimes: {} }
  }
}

const REPLAYED = 25

/** I10, in one history of 25: it triples what the history costs. */
async function replayViolations(history: History): Promise<string[]> {
  if (history.stage.seed % REPLAYED !== 0) return []
  const before = snapshot(history)
  await replay(history, { emptyInbox: false })
  const absorbed = snapshot(history)
  await replay(history, { emptyInbox: true })
  return [
    ...(absorbed === before ? [] : ['I10_replay: reading everything again changed something']),
    ...(snapshot(history) === before ? [] : ['I10_replay: with the inbox emptied, reading everything again changed something']),
  ]
}

const snapshot = ({ stage, psp, mailbox }: History) =>
  JSON.stringify([
    stage.deployments.map(({ database: { tables } }) => [
      [...tables.states],
      [...tables.shared],
      tables.outbox.size,
      tables.effects.size,
      tables.parked.size,
    ]),
    psp.ledger.length,
    mailbox.mails.length,
  ])

function sometimesOf({ stage, asked, services }: History) {
  const statuses = [...services.orders.database.tables.states.values()].map((order) => (order as { status: string }).status)
  const records = [...stage.broker.logs].reduce((sum, { messages }) => sum + messages.length, 0)
  const rows = stage.deployments.reduce((sum, { database }) => sum + database.tables.outbox.size, 0)
  return {
    ...stage.faults.struck,
    ...stage.trouble,
    duplicates: records - rows - (stage.plan.poison === 'none' ? 0 : 1),
    poison: Number(stage.plan.poison !== 'none'),
    orders: asked.length,
    ...Object.fromEntries(Object.entries(Object.groupBy(statuses, (status) => status)).map(([status, all]) => [status, all!.length])),
  }
}
