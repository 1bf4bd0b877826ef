import { type Benchmark, wordsOf } from '../benchmark.ts'
import { drain } from '../relay/draining.ts'
import type { Sides } from '../relay/side.ts'

const relayWorker = { worker: 'src/relay/relay-worker.ts', outbox: 'untraced' } as const
const seedWorker = { worker: 'seed/relay-worker.ts', client: 'kafkajs', outbox: 'untraced' } as const

const sides = {
  bare: { words: 'bare kafkajs, batches of 500, acks=all', worker: 'src/relay/bare-worker.ts', client: 'kafkajs' },
  relay: { words: 'our relay, no trace recorded', ...relayWorker, client: 'kafkajs' },
  busy: { words: 'our relay, while orders are accepted at half its rate', ...relayWorker, client: 'kafkajs', intake: true },
  traced: { words: 'our relay, every trace recorded', ...relayWorker, client: 'kafkajs', outbox: 'traced' },
  relayOther: { words: 'our relay over @platformatic/kafka, no trace recorded', ...relayWorker, client: 'platformatic' },
  bareOther: { words: 'bare @platformatic/kafka, batches of 500, acks=all', worker: 'src/relay/bare-worker.ts', client: 'platformatic' },
  eager: { words: 'the usual relay without its timer', ...seedWorker, env: { SEED_EVERY_MS: '0' } },
  seed: { words: 'the usual relay: 500 ms, LIMIT 100, one send a row', ...seedWorker, env: { SEED_EVERY_MS: '500' } },
} satisfies Sides

export const relay: Benchmark = {
  name: 'relay',
  goal: 'P2',
  title: 'a full outbox is drained to Kafka, in order and marked',
  sides: wordsOf(sides),
  figures: { rate: 'events/s' },
  warmUps: 2,
  seldom: ['traced', 'eager', 'seed'],
  quick: ['bare', 'relay', 'eager'],
  comparisons: [
    { name: 'our relay ÷ bare kafkajs', of: 'relay', to: 'bare', aims: 'up', must: 0.7, stretch: 0.95, gate: 0.25 },
    {
      name: 'our relay ÷ bare kafkajs, while orders are accepted at half its rate',
      of: 'busy',
      to: 'bare',
      aims: 'up',
      must: 0.7,
      stretch: 0.95,
    },
    { name: 'our relay ÷ bare @platformatic/kafka, both over it', of: 'relayOther', to: 'bareOther', aims: 'up', must: 0.7, stretch: 0.95 },
    { name: 'our relay over @platformatic/kafka ÷ bare kafkajs', of: 'relayOther', to: 'bare', aims: 'up', must: 1.5 },
    {
      ...{ name: 'our relay ÷ the usual relay', of: 'relay', to: 'seed', aims: 'up', must: 40 },
      lesson: 'relay: rows sent and marked in batches, as soon as they are there, instead of 100 every 500 ms, one by one',
    },
    {
      ...{ name: 'our relay ÷ the usual relay without its timer', of: 'relay', to: 'eager', aims: 'up', gate: 5 },
      lesson: 'relay: the batches alone',
    },
    {
      ...{ name: 'over @platformatic/kafka ÷ over kafkajs', of: 'relayOther', to: 'relay', aims: 'up' },
      lesson: 'relay: the other Kafka client',
    },
    {
      ...{ name: 'every trace recorded ÷ no trace recorded', of: 'traced', to: 'relay', aims: 'up' },
      lesson: 'relay: a span for every event that is sent',
    },
  ],
  open: drain(sides),
}
