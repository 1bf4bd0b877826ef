import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { MailRefused, type OutgoingMail } from '../src/effects/send-mail.ts'
import { createSmtpWorld } from '../src/smtp.ts'
import { orderId } from './histories.ts'

const mail: OutgoingMail = {
  messageId: '<a.b@quadrille.example>',
  to: 'ada@example.com',
  orderId,
  subject: 'Grüße',
  text: 'text',
  html: '<p>html</p>',
}
const answers = (responseCode: number) => Object.assign(new Error('no'), { responseCode })
const closing: (() => unknown)[] = []
afterEach(() => {
  for (const close of closing.splice(0).reverse()) close()
})

/** A mail server that takes everything, except as it is told. */
async function serve(options: SMTPServerOptions) {
  const received: string[] = []
  const onData: SMTPServerOptions['onData'] = (stream, _session, done) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => done(null, String(received.push(Buffer.concat(chunks).toString()))))
  }
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData,
    closeTimeout: 100,
    ...options,
  })
  server.on('error', () => {})
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.server.address() as AddressInfo
  const world = createSmtpWorld({ url: `smtp://127.0.0.1:${port}`, from: 'Quadrille <shop@quadrille.example>' })
  closing.push(() => server.close(), world.close)
  return { received, server, send: (signal = new AbortController().signal) => world.send(mail, signal) }
}

describe('email, when it talks to a mail server', () => {
  it('sends text and HTML under the Message-ID it was given, with the order in a header', async () => {
    const { received, send } = await serve({})
    expect(await send()).toEqual({ messageId: mail.messageId })
    expect(received[0]).toMatch(/^Message-ID: <a\.b@quadrille\.example>\r$/im)
    expect(received[0]).toMatch(new RegExp(`^X-Order-Id: ${orderId}\r$`, 'im'))
    expect(received[0]).toContain('To: ada@example.com')
    expect(received[0]).toContain('text/plain')
    expect(received[0]).toContain('text/html')
  })

  it.each([
    ['a recipient', { onRcptTo: (_: unknown, __: unknown, done: (error: Error) => void) => done(answers(550)) }],
    [
      'a mail',
      {
        onData: (stream: NodeJS.ReadableStream, _: unknown, done: (error: Error) => void) =>
          stream.resume().on('end', () => done(answers(554))),
      },
    ],
  ])('takes a 5xx to %s as final', async (_, options) => {
    await expect((await serve(options as SMTPServerOptions)).send()).rejects.toBeInstanceOf(MailRefused)
  })

  it.each([
    ['4xx to the recipient', { onRcptTo: (_: unknown, __: unknown, done: (error: Error) => void) => done(answers(451)) }],
    ['5xx to the connection', { onConnect: (_: unknown, done: (error: Error) => void) => done(answers(554)) }],
  ])('takes a %s as something that passes', async (_, options) => {
    const error = await (await serve(options as SMTPServerOptions)).send().catch((thrown) => thrown)
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(MailRefused)
  })

  it('does not send again by itself when the connection is lost before the answer', async () => {
    let offered = 0
    const { server, send } = await serve({
      onData: (stream) => {
        offered += 1
        stream.resume().on('end', () => {
          for (const connection of server.connections) connection.close()
        })
      },
    })
    await expect(send()).rejects.not.toBeInstanceOf(MailRefused)
    expect(offered).toBe(1)
  })

  it('gives up a mail whose turn is over', async () => {
    const { received, send } = await serve({})
    await expect(send(AbortSignal.abort())).rejects.toThrow()
    expect(received).toEqual([])
  })
})
