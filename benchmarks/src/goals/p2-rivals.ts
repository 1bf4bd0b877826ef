import { type Benchmark, wordsOf } from '../benchmark.ts'
import { drain } from '../relay/draining.ts'
import { providePerformance } from '../relay/producer-performance.ts'
import type { Sides } from '../relay/side.ts'

const relayWorker = { worker: 'src/relay/relay-worker.ts', outbox: 'untraced' } as const

const sides = {
  performance: {
    words: "Kafka's own ProducerPerformance, batches of 500, acks=all, up to five requests on their way",
    ...{ worker: 'src/relay/producer-performance-worker.ts', client: 'kafkajs', provide: providePerformance },
  },
  relayOther: { words: 'our relay over @platformatic/kafka', ...relayWorker, client: 'platformatic' },
  relay: { words: 'our relay', ...relayWorker, client: 'kafkajs' },
  pgoutput: {
    words: 'npm pg-logical-replication: the log to kafkajs in batches of up to 500, no row marked',
    ...{ worker: 'src/relay/pgoutput-worker.ts', client: 'kafkajs', outbox: 'logged' },
  },
  theirs: {
    words: 'npm pg-transactional-outbox: its replication listener, 50 messages at once',
    ...{ worker: 'src/relay/theirs-worker.ts', client: 'kafkajs', outbox: 'theirs' },
  },
} satisfies Sides

export const rivals: Benchmark = {
  name: 'rivals',
  goal: 'P2',
  title: 'the same outbox, drained by others',
  sides: wordsOf(sides),
  figures: { rate: 'events/s' },
  warmUps: 2,
  seldom: ['theirs'],
  minutes: 3,
  comparisons: [
    { name: 'our relay ÷ ProducerPerformance', of: 'relay', to: 'performance', aims: 'up', stretch: 0.4 },
    { name: 'our relay over @platformatic/kafka ÷ ProducerPerformance', of: 'relayOther', to: 'performance', aims: 'up', stretch: 0.8 },
    {
      ...{ name: 'our relay ÷ npm pg-logical-replication', of: 'relay', to: 'pgoutput', aims: 'up' },
      lesson: 'relay: rows read and marked, instead of the log read and nothing marked',
    },
    {
      ...{ name: 'our relay ÷ npm pg-transactional-outbox', of: 'relay', to: 'theirs', aims: 'up' },
      lesson: 'relay: batches, instead of a transaction for each message',
    },
  ],
  open: drain(sides),
}
