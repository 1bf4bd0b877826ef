import { withAdmin, withClient } from '@quadrille/testing'

/** What the servers say of themselves: printed beside every figure, and the same for both sides, since both use the same servers. */
export interface Durability {
  readonly postgres: Readonly<Record<string, string>>
  readonly kafka: Readonly<Record<string, string>>
}

const POSTGRES = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_level',
  'shared_buffers',
  'max_wal_size',
  'commit_delay',
]
const KAFKA = ['min.insync.replicas', 'default.replication.factor', 'group.coordinator.append.linger.ms', 'log.flush.interval.messages']
/** In Kafka's protocol; kafkajs declares a name for it and exports none. */
const BROKER = 4
const NEEDED = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }

export async function readDurability(postgresUrl: string, brokers: string[]): Promise<Durability> {
  const [postgres, kafka] = await Promise.all([postgresSettings(postgresUrl), kafkaSettings(brokers)])
  for (const [name, needed] of Object.entries(NEEDED))
    if (postgres[name] !== needed)
      throw new Error(`PostgreSQL runs with ${name} = ${postgres[name]}: a speed without ${needed} means nothing`)
  return { postgres, kafka }
}

const postgresSettings = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string; value: string }>(
      'select name, current_setting(name) as value from pg_settings where name = any ($1)',
      [POSTGRES],
    )
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
  })

const kafkaSettings = (brokers: string[]) =>
  withAdmin({ brokers }, async (admin) => {
    const { brokers: nodes } = await admin.describeCluster()
    const asked = { type: BROKER, name: String(nodes[0]!.nodeId), configNames: KAFKA }
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [asked] })
    return Object.fromEntries(resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]))
  })
