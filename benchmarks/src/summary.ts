import type { Outcome } from './results.ts'
import { middle, table } from './tables.ts'

/** A figure of a side, and of the side that stands beside it in the same run. */
interface Line {
  readonly words: string
  readonly of: readonly [benchmark: string, side: string, figure: string]
  readonly beside: readonly [side: string, words: string]
}

const lines: readonly Line[] = [
  {
    words: 'orders accepted a second, of 64 callers: validated, committed with their event, traced',
    of: ['accept', 'orders64', 'rate'],
    beside: ['four64', 'pgbench, the same two rows in a transaction each'],
  },
  {
    words: 'events a second from the outbox to Kafka, in order and marked',
    of: ['relay', 'relay', 'rate'],
    beside: ['bare', 'bare kafkajs, nothing read and nothing marked'],
  },
  {
    words: 'events consumed a second: known again, folded into a state, an effect stored',
    of: ['consume', 'consumer', 'rate'],
    beside: ['pgbench', 'pgbench, two rows in a transaction for each'],
  },
  {
    words: 'orders a second through all five services, until the last mail is sent',
    of: ['capacity', 'shop', 'carried'],
    beside: ['database', "pgbench, all services' statements, a transaction a step"],
  },
  {
    words: 'POST to dispatched at 20 orders a second, p50 in ms',
    of: ['saga', 'slow', 'p50'],
    beside: ['echo-slow', 'a request and three trips through bare kafkajs'],
  },
  { words: 'the same, p99 in ms', of: ['saga', 'slow', 'p99'], beside: ['echo-slow', 'the same'] },
  {
    words: 'processor time of an order, ms: services, provider, mail sink, Kafka and PostgreSQL',
    of: ['processor', 'shop', 'cpu'],
    beside: ['bare', 'its bare parts: statements in sets, a bare client, requests'],
  },
  {
    words: 'from nothing to the first order dispatched, ms',
    of: ['start', 'demo', 'ms'],
    beside: ['broker', 'a bare broker, from nothing to a topic'],
  },
  {
    words: 'memory of the service orders under half of its load, MB',
    of: ['memory', 'shop', 'orders'],
    beside: ['bare', 'a process that has only imported the same'],
  },
]

/** The whole in a few lines, in figures of the machine it was measured on, and how many goals were reached. */
export function summary(outcomes: readonly Outcome[]): string {
  const rows = lines.flatMap(({ words, of: [name, side, what], beside: [other, others] }) => {
    const outcome = outcomes.find((one) => one.name === name)
    if (!outcome) return []
    const [ours, theirs] = [middle(outcome, side, what), middle(outcome, other, what)]
    return ours && theirs ? [[words, ours, theirs, others]] : []
  })
  return `${table(['what', 'here', 'beside it', 'which is'], rows)}\n\n${reached(outcomes)}`
}

function reached(outcomes: readonly Outcome[]): string {
  const goals = outcomes.flatMap(({ comparisons }) => comparisons).filter(({ must }) => must !== undefined)
  const missed = goals.filter(({ verdict }) => verdict === 'missed').length
  return `Of ${goals.length} goals, ratios that were set before anything was measured, ${goals.length - missed} are met and ${missed} missed.`
}
