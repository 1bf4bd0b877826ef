import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createTransport } from 'nodemailer'
import type { Mail } from '../src/index.ts'

const main = join(import.meta.dirname, '../src/main.ts')
let data: string
let running: ChildProcess[]

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'mail-process-'))
  running = []
})
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  await rm(data, { recursive: true })
})

function launch(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main], { env: { ...process.env, MAIL_PORT: '0', MAIL_SMTP_PORT: '0', MAIL_DATA: data, ...env } })
  running.push(child)
  return child
}

/** Starts the sink and reads its ports from its own log. */
async function start() {
  const child = launch()
  for await (const line of createInterface(child.stdout)) {
    const { port, smtpPort } = JSON.parse(line) as { port?: number; smtpPort?: number }
    if (port && smtpPort) return { child, page: `http://127.0.0.1:${port}`, smtpPort }
  }
  throw new Error('the mail sink ended before it listened')
}

const send = (port: number, n: number) =>
  createTransport({ host: '127.0.0.1', port }).sendMail({
    from: 'shop@example.com',
    to: 'ada@example.com',
    subject: `mail ${n}`,
    text: 'Hello.',
  })

describe('the mail sink as a process', () => {
  it('loses no acknowledged mail when it is killed', async () => {
    const first = await start()
    await Promise.all(Array.from({ length: 30 }, (_, n) => send(first.smtpPort, n)))
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')

    const { page } = await start()
    expect((await (await fetch(`${page}/api/mails`)).json()) as Mail[]).toHaveLength(30)
  })

  it('stops, also while a page watches and a sender idles', async () => {
    const { child, page, smtpPort } = await start()
    const watching = await fetch(`${page}/api/stream`)
    const idling = connect(smtpPort, '127.0.0.1')
    await once(idling, 'data')
    const asked = Date.now()
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(Date.now() - asked).toBeLessThan(10_000)
    await expect(watching.text()).rejects.toThrow()
    idling.destroy()
  })

  it('names a taken port and the variable that moves it', async () => {
    const { page, smtpPort } = await start()
    for (const [variable, port] of [
      ['MAIL_SMTP_PORT', String(smtpPort)],
      ['MAIL_PORT', new URL(page).port],
    ] as const) {
      const second = launch({ [variable]: port, MAIL_DATA: join(data, 'second') })
      const said: string[] = []
      second.stdout.on('data', (chunk) => said.push(String(chunk)))
      expect((await once(second, 'close'))[0]).toBe(1)
      expect(said.join('')).toContain(`port ${port} is taken: set ${variable}`)
    }
  })
})
