import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createTransport, type SendMailOptions } from 'nodemailer'
import { createMail, type Mail, type MailSink, readConfig, type Switch } from '../src/index.ts'

let data: string
let sink: MailSink
let ports: { smtpPort: number; port: number }
const start = async () => {
  sink = await createMail({ ...readConfig({}), data, smtpPort: 0, port: 0, logLevel: 'silent' })
  ports = await sink.listen()
}

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'mail-'))
  await start()
})
afterEach(async () => {
  await sink.close()
  await rm(data, { recursive: true })
})

const confirmation: SendMailOptions = {
  messageId: '<confirmation.o-1@quadrille.example>',
  from: 'Quadrille <shop@quadrille.example>',
  to: 'Ada <ada@example.com>',
  subject: 'Your order is confirmed: 20 €',
  text: 'Thank you.',
  html: '<p>Thank <b>you</b>.</p>',
  headers: { 'X-Order-Id': 'o-1', 'X-Event': 'PaymentCaptured' },
}
const send = (more: SendMailOptions = {}) =>
  createTransport({ host: '127.0.0.1', port: ports.smtpPort }).sendMail({ ...confirmation, ...more })
const put = (state: Partial<Switch>) => sink.web.inject({ method: 'PUT', url: '/switch', payload: state })
const mails = async (query = '') => (await sink.web.inject({ url: `/api/mails${query}` })).json<Mail[]>()

describe('the mail sink, when a mail arrives', () => {
  it('keeps what a customer would read, and whom it reached', async () => {
    await send()
    expect(await mails()).toEqual([
      {
        id: 1,
        receivedAt: expect.any(String),
        messageId: confirmation.messageId,
        from: '"Quadrille" <shop@quadrille.example>',
        to: ['ada@example.com'],
        recipients: ['ada@example.com'],
        subject: confirmation.subject,
        text: expect.stringContaining('Thank you.'),
        html: expect.stringContaining('<b>you</b>'),
        headers: { 'x-order-id': 'o-1', 'x-event': 'PaymentCaptured' },
        orderId: 'o-1',
      },
    ])
  })

  it('keeps repeats, for it is a witness', async () => {
    await Promise.all(Array.from({ length: 20 }, () => send()))
    const kept = await mails()
    expect(kept).toHaveLength(20)
    expect(new Set(kept.map(({ id }) => id)).size).toBe(20)
    expect(new Set(kept.map(({ messageId }) => messageId)).size).toBe(1)
  })

  it('finds them by recipient and by order', async () => {
    await send()
    await send({ to: 'Bob@example.com', headers: { 'X-Order-Id': 'o-2' } })
    expect((await mails('?orderId=o-1')).map(({ to }) => to)).toEqual([['ada@example.com']])
    expect((await mails('?to=bob@EXAMPLE.com')).map(({ orderId }) => orderId)).toEqual(['o-2'])
    expect(await mails('?to=ada@example.com&orderId=o-2')).toEqual([])
  })

  it('keeps nothing of a mail that broke off', async () => {
    const socket = connect(ports.smtpPort, '127.0.0.1')
    for (const line of ['', 'EHLO me', 'MAIL FROM:<a@example.com>', 'RCPT TO:<b@example.com>', 'DATA']) {
      if (line) socket.write(`${line}\r\n`)
      await once(socket, 'data')
    }
    socket.write('Subject: half\r\n\r\nhal')
    socket.destroy()
    await once(socket, 'close')
    await send()
    expect((await mails()).map(({ subject }) => subject)).toEqual([confirmation.subject])
  })
})

describe('the mail sink, when it misbehaves', () => {
  it('answers 451 while it is down, and keeps nothing', async () => {
    await put({ down: true })
    await expect(send()).rejects.toMatchObject({ responseCode: 451 })
    expect(await mails()).toEqual([])
    await put({ down: false })
    await send()
    expect(await mails()).toHaveLength(1)
  })

  it('hangs up on the next n mails after it has kept them', async () => {
    await put({ dropAfterAccept: 2 })
    await expect(send()).rejects.not.toHaveProperty('responseCode')
    await expect(send()).rejects.toThrow()
    await send()
    expect(await mails()).toHaveLength(3)
  })
})

describe('the mail sink, when it starts again', () => {
  it('still has its mails, and stays empty after it was emptied', async () => {
    await send()
    const before = await mails()
    await sink.close()
    await start()
    expect(await mails()).toEqual(before)

    expect((await sink.web.inject({ method: 'DELETE', url: '/api/mails' })).statusCode).toBe(204)
    await send({ subject: 'after' })
    await sink.close()
    await start()
    expect((await mails()).map(({ id, subject }) => [id, subject])).toEqual([[2, 'after']])
  })
})

describe('the live stream', () => {
  it('tells the mails there are, and each new one, without their text', async () => {
    await send({ subject: 'before' })
    const leaving = new AbortController()
    const { body } = await fetch(`http://127.0.0.1:${ports.port}/api/stream`, { signal: leaving.signal })
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toMatch(/^event: mails\ndata: \[\{"id":1.*"subject":"before"/)
    await send({ subject: 'after' })
    const { value } = await reader.read()
    expect(value).toMatch(/^event: received\ndata: \{"id":2.*"subject":"after"/)
    expect(value).not.toContain('Thank you')
    leaving.abort()
  })
})
