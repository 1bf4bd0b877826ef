import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { freePorts, type RunningProcess, startProcess, waitFor } from '@quadrille/testing'
import { type PortName, type Ports, takenPorts, usualPorts } from '../src/addresses.ts'
import { startTraceStore } from './trace-store.ts'

const run = promisify(execFile)
const main = join(import.meta.dirname, '../src/main.ts')
const smoke = join(import.meta.dirname, '../../smoke/src/main.ts')

jest.setTimeout(180_000)

describe('the demo', () => {
  let dir: string
  let ports: Ports
  let nobodys: [number, number]
  let traces: Awaited<ReturnType<typeof startTraceStore>>
  const lives: RunningProcess[] = []

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'demo-'))
    traces = await startTraceStore()
    const names = Object.keys(usualPorts) as PortName[]
    const free = await freePorts(names.length + 2)
    nobodys = free.slice(names.length) as [number, number]
    ports = Object.fromEntries(names.map((name, index) => [name, free[index]])) as unknown as Ports
  })
  afterAll(async () => {
    await Promise.all(lives.map((life) => life.stop()))
    await traces?.close()
    await rm(dir, { recursive: true, force: true })
  })

  /** A new life of it on the same folder, with what it says. */
  function start() {
    const said: string[] = []
    const env = { ...texts(ports), DEMO_DIR: dir, OTEL_EXPORTER_OTLP_ENDPOINT: traces.otlp, OTEL_BSP_SCHEDULE_DELAY: '500' }
    const life = startProcess({ name: 'demo', command: process.execPath, args: [main], env, onLine: (line) => said.push(line) })
    lives.push(life)
    const says = (words: string) => waitFor(() => said.some((line) => line.includes(words)), { deadline: 100_000, diagnose: life.tail })
    return { life, said, says }
  }

  const nobodyLeft = () =>
    waitFor(async () => (await takenPorts(ports)).length === 0, { deadline: 20_000, diagnose: () => takenPorts(ports) })
  const shop = (path: string) => fetch(`http://127.0.0.1:${ports.ORDERS_PORT}${path}`)
  const dispatched = async (id: string) => ((await (await shop(`/orders/${id}`)).json()) as { status: string }).status === 'dispatched'
  let orderId: string
  let last: ReturnType<typeof start>

  it('takes the order that its own words place, and starts again what dies', async () => {
    const { life, said, says } = start()
    await says('Ctrl-C stops everything')
    const paste = said.find((line) => line.startsWith('  ORDER='))!
    orderId = (await run('bash', ['-c', `${paste}; echo "$ORDER"`])).stdout.trim()
    await waitFor(() => dispatched(orderId), { deadline: 30_000 })

    const second = start()
    expect(await second.life.exited).toMatchObject({ code: 1 })
    expect(second.life.tail()).toMatch(/a demo runs already on .* \(pid \d+\)/)

    process.kill(await childOf(life.pid, 'services/warehouse'), 'SIGKILL')
    await says('warehouse ended (SIGKILL)')
    await says('warehouse is up again')

    life.kill('SIGKILL')
    await nobodyLeft()
  })

  it('has kept its state, and passes the smoke check', async () => {
    last = start()
    await last.says('Ctrl-C stops everything')
    expect(await dispatched(orderId)).toBe(true)

    const nobody = { PROMETHEUS_PORT: String(nobodys[0]), GRAFANA_PORT: String(nobodys[1]) }
    const env = { ...process.env, ...texts(ports), ...nobody, TRACES_URL: traces.url }
    const { stdout } = await run(process.execPath, [smoke], { env })
    expect(stdout).toMatch(/· prometheus +skipped: no prometheus at/)
    expect(stdout).toMatch(/✔ trace .* \d\d spans of 5 services in one tree/)
    expect(stdout).toContain('All is well.')
    expect(stdout).not.toContain('✖')
  })

  it('lets a relay be stopped from the console: its order waits in the outbox, and goes on when that is over by itself', async () => {
    const order = { customer: { id: 'c-1', email: 'ada@example.com' }, items: [{ sku: 'mug-blue', quantity: 1 }], paymentToken: 'tok_ok' }
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await readFile(join(dir, 'ops-token'), 'utf8')}` }
    const post = (url: string, body: object) => fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    const isActive = async () => /relay_lease_held\S* 1$/m.test(await (await shop('/metrics')).text())
    const outbox = async () => await (await fetch(`http://127.0.0.1:${ports.ORDERS_PORT}/admin/outbox`, { headers })).json()
    await waitFor(isActive, { deadline: 20_000 })

    const begun = await post(`http://127.0.0.1:${ports.CONSOLE_PORT}/api/break/relay`, { target: 'orders', seconds: 10 })
    expect(await begun.json()).toMatchObject({ standing: [{ fault: 'relay', target: 'orders', failure: null }] })
    await waitFor(async () => !(await isActive()), { deadline: 5_000 })
    const { orderId: waiting } = await (await post(`http://127.0.0.1:${ports.ORDERS_PORT}/orders`, order)).json()
    const waits = async () => (await outbox()).unsent === 1 && !(await dispatched(waiting))
    await waitFor(waits, { deadline: 5_000, diagnose: outbox }) // counted each second
    expect(await outbox()).toMatchObject({ lease: { owner: 'break-it' } })

    await waitFor(() => dispatched(waiting), { deadline: 40_000, diagnose: outbox })
    await waitFor(async () => (await outbox()).lease?.owner.startsWith('orders-'), { diagnose: outbox })
  })

  it('stops in order when asked to', async () => {
    last.life.kill('SIGINT')
    expect(await last.life.exited).toEqual({ code: 0, signal: null })
    expect(last.said.at(-1)).toMatch(/^Stopped in/)
    expect(await takenPorts(ports)).toEqual([])
  })
})

const texts = (ports: Ports) => Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]))

async function childOf(parent: number, script: string): Promise<number> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,command='])
  const line = stdout.split('\n').find((one) => one.includes(script) && Number(one.trim().split(/ +/)[1]) === parent)
  return Number(line!.trim().split(/ +/)[0])
}
