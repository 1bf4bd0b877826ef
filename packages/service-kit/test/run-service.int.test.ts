import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { type RunningProcess, type TestDatabase, testDatabase, waitFor } from '@quadrille/testing'
import { startServiceProcess } from './service-process.ts'

const processes: RunningProcess[] = []
let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase(async () => {}, 'kit_process')
})
afterEach(() => Promise.all(processes.splice(0).map((process) => process.stop())).then(() => undefined))
afterAll(() => database.drop())

function sample(env: Record<string, string> = {}, args: string[] = []) {
  const started = startServiceProcess('./sample-main.ts', { DATABASE_URL: database.url, ...env }, args)
  processes.push(started)
  return started
}

describe('a service process, on real Kafka and PostgreSQL', () => {
  it('joins its group, is ready, and ends with code 0 within 10 s of SIGTERM', async () => {
    const { ready, url, kill, exited, logged, tail } = sample()
    await ready
    await waitFor(async () => (await fetch(`${url()}/readyz`)).status === 200, { deadline: 20_000, what: 'readiness', diagnose: tail })
    const asked = performance.now()
    kill('SIGTERM')
    expect(await exited).toEqual({ code: 0, signal: null })
    expect(performance.now() - asked).toBeLessThan(10_000)
    expect(logged().map(({ msg }) => msg)).toEqual(expect.arrayContaining(['service started', 'stopping', 'stopped']))
    // Other tests of this run leave records in orders.v1 that are no events, and this service reads from the beginning.
    expect(logged().filter(({ level, msg }) => Number(level) >= 50 && msg !== 'dead letter')).toEqual([])
  }, 40_000)

  it.each(['kafkajs', 'platformatic'])(
    'serves, and stops as well, while Kafka is down: %s',
    async (KAFKA_CLIENT) => {
      const { ready, url, kill, exited } = sample({ KAFKA_CLIENT, KAFKA_BROKERS: '127.0.0.1:1' })
      await ready
      expect((await fetch(`${url()}/livez`)).status).toBe(200)
      expect(await (await fetch(`${url()}/readyz`)).json()).toMatchObject({ detail: 'not ok: group' })
      kill('SIGTERM')
      expect(await exited).toEqual({ code: 0, signal: null })
    },
    40_000,
  )

  it('says in plain words what is wrong with its configuration, and ends', async () => {
    const { exited, lines } = sample({ PORT: 'x', KAFKA_BROKERS: 'kafka' })
    expect(await exited).toEqual({ code: 1, signal: null })
    expect(lines).toEqual([
      'the configuration is wrong:',
      '  PORT must be a whole number, for example PORT=0',
      '  KAFKA_BROKERS must be host:port, for example KAFKA_BROKERS=127.0.0.1:9092,127.0.0.1:9093',
    ])
  })

  it('prints its configuration without secrets', async () => {
    const { exited, lines } = sample({ OPS_TOKEN: 'open-sesame' }, ['--print-config'])
    expect(await exited).toEqual({ code: 0, signal: null })
    expect(lines).toEqual(expect.arrayContaining(['OPS_TOKEN=***', 'PORT=0']))
  })

  it('ends with code 1 when its port is taken, and names the variable', async () => {
    const first = sample()
    await first.ready
    const { exited, logged } = sample({ PORT: new URL(first.url()).port })
    expect(await exited).toEqual({ code: 1, signal: null })
    expect(logged().at(-1)).toMatchObject({ level: 60, msg: expect.stringContaining('set PORT to another one') })
  }, 40_000)
})
