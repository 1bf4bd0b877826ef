import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { topics } from '@quadrille/contracts'
import { createKafkaJs } from '@quadrille/messaging'
import { waitFor } from '@quadrille/testing'
import { services } from '../src/addresses.ts'
import { fakeOperators, sampleTask, serviceApp, TOKEN } from './fakes.ts'

const brokers = process.env.TEST_KAFKA_BROKERS!
const main = join(import.meta.dirname, '../src/main.ts')
const silent = () => {}
const running = { ...fakeOperators().tasks, find: async () => sampleTask({ status: 'running', total: 9, done: 2 }) }
const closing: (() => Promise<unknown>)[] = []
const urls: Record<string, string> = {}

beforeAll(async () => {
  const kafka = createKafkaJs({
    brokers: brokers.split(','),
    clientId: 'ops-test',
    log: { debug: silent },
  })
  await kafka.createTopics(topics).finally(() => kafka.disconnect())
  for (const name of services) {
    const { app } = await serviceApp(name === 'payments' ? { changed: { tasks: running } } : {})
    urls[`${name.toUpperCase()}_URL`] = await app.listen({ host: '127.0.0.1', port: 0 })
    closing.push(() => app.close())
  }
}, 120_000)

afterAll(async () => {
  for (const close of closing) await close()
})

/** The command line as operators start it; nobody is at the console. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const given = {
    ...process.env,
    ...urls,
    CONSOLE_URL: 'http://127.0.0.1:1',
    KAFKA_BROKERS: brokers,
    OPS_TOKEN: TOKEN,
    NODE_OPTIONS: '',
    ...env,
  }
  const child = spawn(process.execPath, [main, ...args], { env: given })
  const said = { out: '', err: '' }
  child.stdout.on('data', (data) => (said.out += data))
  child.stderr.on('data', (data) => (said.err += data))
  return { child, said, ended: once(child, 'close').then(([exit]) => ({ exit, ...said })) }
}
const run = (...args: string[]) => start(args).ended

describe('ops, as a process', () => {
  it('asks services over HTTP, and ends with what that means', async () => {
    expect(await run('outbox')).toMatchObject({ exit: 0, out: expect.stringMatching(/^orders +0 +– +orders-12-a1/m), err: '' })
    expect(await run('outbox', '--loud')).toMatchObject({ exit: 2, err: "Unknown option '--loud': see ops outbox --help\n" })
    const { exit, out, err } = await start(['outbox'], { EMAIL_URL: 'http://127.0.0.1:1' }).ended
    expect({ exit, err }).toEqual({ exit: 3, err: expect.stringMatching(/^nothing listens at http:\/\/127\.0\.0\.1:1 \(email\)/) })
    expect(out).toContain('loyalty')
  }, 60_000)

  it('asks Kafka itself for topics, and for lag where the console is away', async () => {
    const told = await run('topics')
    expect(told).toMatchObject({ exit: 0, out: expect.stringMatching(/^orders\.v1 +12 {2}7 days/m) })
    const lag = await run('lag')
    expect(lag.out).toContain('from Kafka itself, which knows no ages: the console does not answer')
    expect(lag.out).toMatch(/^payments {2,}warehouse\.v1 /m)
    const { exit, err } = await start(['topics'], { KAFKA_BROKERS: '127.0.0.1:1' }).ended
    expect({ exit, err }).toEqual({
      exit: 3,
      err: expect.stringMatching(/^Kafka at 127\.0\.0\.1:1 does not answer .* set KAFKA_BROKERS\n$/),
    })
  }, 60_000)

  it('leaves long work to its service at Ctrl-C', async () => {
    const { child, said, ended } = start(['tasks', 'watch', 'payments/1'])
    await waitFor(() => said.err.includes('2 of 9'), { deadline: 30_000, diagnose: () => said })
    child.kill('SIGINT')
    expect(await ended).toMatchObject({
      exit: 130,
      err: expect.stringMatching(/the work goes on without you; watch it: ops tasks watch payments\/1/),
    })
  }, 60_000)
})
