import { topics as contracts } from '@quadrille/contracts'
import { command, type KafkaAdmin } from '../command.ts'
import { EXIT } from '../exit.ts'
import { type Columns, table } from '../table.ts'
import { counted, number } from '../words.ts'

const DAY_MS = 86_400_000
const columns: Columns = [
  'topic',
  { title: 'partitions', right: true },
  'kept',
  { title: 'records', right: true },
  { title: 'ever', right: true },
]

export const topics = command({
  name: 'topics',
  summary: 'every topic of the contracts, as Kafka has it',
  about: 'Asks Kafka itself (KAFKA_BROKERS). Exit code 1: one is missing, or has another number of partitions than its contract.',
  options: {},
  examples: [['topics', 'records kept, and how many there ever were']],
  async run(_, { kafka, paint }) {
    const admin = await kafka()
    const all: Awaited<ReturnType<typeof read>>[] = []
    // One after the other: a topic that is not there ends the connection, and with it every question under way.
    for (const topic of contracts) all.push(await read(admin, topic))
    const rows = all.map(({ name, partitions, wanted, retentionMs, kept, ever }) => {
      const count =
        partitions === wanted ? String(partitions) : paint('red', partitions === 0 ? 'it is not there' : `${partitions}, not ${wanted}`)
      return [name, count, counted(retentionMs / DAY_MS, 'day'), number(kept), number(ever)]
    })
    return {
      json: all,
      text: table(columns, rows, paint),
      exit: all.every(({ partitions, wanted }) => partitions === wanted) ? EXIT.well : EXIT.notWell,
    }
  },
})

async function read(admin: KafkaAdmin, { name, partitions: wanted, retentionMs }: (typeof contracts)[number]) {
  const ranges = await admin.topicOffsets(name).catch(absent)
  const ever = ranges.reduce((sum, { high }) => sum + Number(high), 0)
  const kept = ever - ranges.reduce((sum, { low }) => sum + Number(low), 0)
  return { name, wanted, retentionMs, partitions: ranges.length, kept, ever }
}

function absent(error: Error & { readonly type?: string }) {
  if (error.type === 'UNKNOWN_TOPIC_OR_PARTITION') return []
  throw error
}
