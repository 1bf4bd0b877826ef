import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

const main = join(import.meta.dirname, '../src/main.ts')
let data: string
let running: ChildProcess[]

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'psp-process-'))
  running = []
})
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  await rm(data, { recursive: true })
})

function launch(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main], { env: { ...process.env, PSP_PORT: '0', PSP_DATA: data, ...env } })
  running.push(child)
  return child
}

/** Starts the provider and reads its address from its own log. */
async function start() {
  const child = launch()
  for await (const line of createInterface(child.stdout)) {
    const address = /http:\/\/[\d.]+:\d+/.exec(line)?.[0]
    if (address) return { child, address }
  }
  throw new Error('the provider ended before it listened')
}

const charge = (address: string, key: string, token = 'tok_ok') =>
  fetch(`${address}/charges`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ reference: `capture:${key}`, amount: 500, currency: 'EUR', token }),
  })
const ledger = async (address: string) => (await (await fetch(`${address}/ledger`)).json()) as { key: string }[]

describe('the provider as a process', () => {
  it('loses no answered charge when it is killed', async () => {
    const first = await start()
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => charge(first.address, `k-${n}`)))
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')

    const second = await start()
    expect(answers.every(({ status }) => status === 201)).toBe(true)
    expect(await ledger(second.address)).toHaveLength(200)
    expect((await charge(second.address, 'k-7')).status).toBe(200)
  })

  it('loses the answer of tok_flaky on the wire, after the capture', async () => {
    const { address } = await start()
    await expect(charge(address, 'k', 'tok_flaky')).rejects.toThrow('fetch failed')
    expect(await ledger(address)).toHaveLength(1)
    expect((await charge(address, 'k', 'tok_flaky')).status).toBe(200)
  })

  it('stops in good time, also while an answer is slow', async () => {
    const { child, address } = await start()
    const slow = charge(address, 'k', 'tok_slow').catch(() => 'cut')
    for (let asked = 0; asked < 500 && (await ledger(address)).length === 0; asked++);
    const asked = Date.now()
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(Date.now() - asked).toBeLessThan(10_000)
    expect(await slow).toBe('cut')
  })

  it('names a taken port and the variable that moves it', async () => {
    const { address } = await start()
    const second = launch({ PSP_PORT: new URL(address).port })
    const said: string[] = []
    second.stdout.on('data', (chunk) => said.push(String(chunk)))
    expect((await once(second, 'close'))[0]).toBe(1)
    expect(said.join('')).toContain('is taken: set PSP_PORT')
  })
})
