import { countingViolations } from './counting.ts'
import { type History, type HistoryOptions, playHistory, replay } from './history.ts'
import { violations } from './invariants.ts'

/** What a history showed: what was wrong, what befell it, and how its orders ended. */
export interface Verdict {
  readonly seed: number
  readonly wrong: readonly string[]
  readonly steps: number
  /** How many were placed. */
  readonly orders: number
  readonly bites: Readonly<Record<string, number>>
  readonly ends: Readonly<Record<string, number>>
}

/** Plays a history and checks every invariant, in some also after everything was read again, and in a service that counts. */
export async function checkHistory(options: HistoryOptions): Promise<Verdict> {
  const { seed } = options
  try {
    const history = await playHistory(options)
    const wrong = [...violations(history), ...(await replayViolations(history)), ...(await miscounts(options))]
    return {
      seed,
      wrong,
      steps: history.stage.scheduler.steps,
      orders: history.asked.length,
      bites: bitesOf(history),
      ends: endsOf(history),
    }
  } catch (error) {
    return { seed, wrong: [`it never came to rest: ${(error as Error).message}`], steps: 0, orders: 0, bites: {}, ends: {} }
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

const COUNTED = 20

/** The services absorb repeats by themselves: whether the runtime does shows in one that counts. */
const miscounts = async ({ seed, mutants, rough }: HistoryOptions) =>
  seed % COUNTED === 1 ? (await countingViolations({ seed, mutants, rough })).map((wrong) => `counting: ${wrong}`) : []

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

function bitesOf({ stage: { broker, deployments, plan, faults } }: History): Record<string, number> {
  const records = broker.logs.reduce((sum, { messages }) => sum + messages.length, 0)
  const rows = deployments.reduce((sum, { database }) => sum + database.tables.outbox.size, 0)
  const racing = Object.values(plan.instances).filter((instances) => instances > 1).length
  return { ...faults.bites, recordTwice: records - rows - (plan.poison === 'none' ? 0 : 1), severalInstances: racing }
}

const endsOf = ({ services }: History): Record<string, number> =>
  tally([...services.orders.database.tables.states.values()].map((order) => (order as { status: string }).status))

const tally = (all: readonly string[]) => Object.fromEntries([...Map.groupBy(all, (one) => one)].map(([one, { length }]) => [one, length]))
