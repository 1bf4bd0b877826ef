import { type DockerEngine, dockerEngine } from './docker-engine.ts'

/** Where Kafka and PostgreSQL of a test run come from: started here without Docker, in containers, or already running. */
export type InfraKind = 'embedded' | 'testcontainers' | 'external'

export interface Choice {
  readonly kind: InfraKind
  /** In words, for whoever wonders. */
  readonly because: string
}

export const images = { kafka: 'apache/kafka:4.3.1', postgres: 'postgres:18.4' } as const
const REAPER = 'testcontainers/ryuk:0.14.0' // what testcontainers 12 starts beside ours, unless it is told not to

const kinds: readonly string[] = ['embedded', 'testcontainers', 'external'] satisfies InfraKind[]

type Env = Readonly<Record<string, string | undefined>>

/** What `TEST_INFRA` says; otherwise the servers that are named, containers where Docker can run them, and else our own processes. */
export async function chooseInfra(env: Env = process.env, engine: DockerEngine = dockerEngine(env.DOCKER_HOST)): Promise<Choice> {
  const { TEST_INFRA: told = 'auto', TEST_KAFKA_BROKERS, TEST_POSTGRES_URL } = env
  if (kinds.includes(told)) return { kind: told as InfraKind, because: `TEST_INFRA=${told}` }
  if (told !== 'auto') throw new Error(`TEST_INFRA is "${told}": it must be auto, ${kinds.join(', ')}`)
  if (TEST_KAFKA_BROKERS && TEST_POSTGRES_URL) return { kind: 'external', because: 'TEST_KAFKA_BROKERS and TEST_POSTGRES_URL are set' }
  if (!(await engine.answers())) return { kind: 'embedded', because: 'no Docker engine answers' }
  const needed = [...Object.values(images), ...(env.TESTCONTAINERS_RYUK_DISABLED === 'true' ? [] : [REAPER])]
  const missing = await Promise.all(needed.map(async (image) => ((await engine.canRun(image)) ? [] : [image])))
  if (missing.flat().length > 0) return { kind: 'embedded', because: `Docker cannot get ${missing.flat().join(', ')}` }
  return { kind: 'testcontainers', because: 'Docker is there' }
}
