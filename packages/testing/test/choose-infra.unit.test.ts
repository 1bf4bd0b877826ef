import { describe, expect, it } from '@jest/globals'
import { chooseInfra, images } from '../src/choose-infra.ts'
import type { DockerEngine } from '../src/docker-engine.ts'

const engine = (answers: boolean, ...runs: string[]): DockerEngine => ({
  answers: async () => answers,
  canRun: async (image) => runs.includes(image),
})
const absent = engine(false)
const complete = engine(true, images.kafka, images.postgres, 'testcontainers/ryuk:0.14.0')
const servers = { TEST_KAFKA_BROKERS: 'k:9092', TEST_POSTGRES_URL: 'postgres://p' }

describe('Kafka and PostgreSQL of a test run, when nobody says where from', () => {
  it('are containers where Docker has them, and our own processes where there is no Docker', async () => {
    expect(await chooseInfra({}, complete)).toEqual({ kind: 'testcontainers', because: 'Docker is there' })
    expect(await chooseInfra({}, absent)).toEqual({ kind: 'embedded', because: 'no Docker engine answers' })
  })

  it('are our own processes where Docker cannot get an image, also the one that clears up', async () => {
    expect(await chooseInfra({}, engine(true, images.postgres))).toMatchObject({
      kind: 'embedded',
      because: expect.stringContaining(images.kafka),
    })
    const withoutReaper = engine(true, images.kafka, images.postgres)
    expect(await chooseInfra({}, withoutReaper)).toMatchObject({ kind: 'embedded', because: expect.stringContaining('ryuk') })
    expect(await chooseInfra({ TESTCONTAINERS_RYUK_DISABLED: 'true' }, withoutReaper)).toMatchObject({ kind: 'testcontainers' })
  })

  it('are those whose addresses are given, both of them', async () => {
    expect(await chooseInfra(servers, complete)).toMatchObject({ kind: 'external' })
    expect(await chooseInfra({ ...servers, TEST_POSTGRES_URL: '' }, absent)).toMatchObject({ kind: 'embedded' })
  })
})

describe('TEST_INFRA', () => {
  it('wins over everything', async () => {
    expect(await chooseInfra({ TEST_INFRA: 'embedded', ...servers }, complete)).toMatchObject({ kind: 'embedded' })
    expect(await chooseInfra({ TEST_INFRA: 'testcontainers' }, absent)).toMatchObject({ kind: 'testcontainers' })
    await expect(chooseInfra({ TEST_INFRA: 'docker' }, absent)).rejects.toThrow(
      'TEST_INFRA is "docker": it must be auto, embedded, testcontainers, external',
    )
  })
})

describe('the images of the tests', () => {
  it('are those of compose', async () => {
    const { readFile } = await import('node:fs/promises')
    const compose = await readFile(new URL('../../../docker-compose.yml', import.meta.url), 'utf8')
    for (const image of Object.values(images)) expect(compose).toContain(`:-${image}}`)
  })
})
