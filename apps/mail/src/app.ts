import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { MailConfig } from './config.ts'
import { openMailbox } from './mailbox.ts'
import { createSmtp } from './smtp.ts'
import type { Switch } from './switch.ts'
import { createWeb } from './web.ts'

/** The mail sink: a page and API to inject into, and an SMTP server beside it that `listen` opens. */
export type MailSink = {
  web: FastifyInstance
  listen(): Promise<{ smtpPort: number; port: number }>
  close(): Promise<void>
}

/** The sink with its mailbox replayed, not yet listening. */
export async function createMail(config: MailConfig): Promise<MailSink> {
  const { host } = config
  const mailbox = await openMailbox(join(config.data, 'mails.jsonl'))
  const state: Switch = { down: false, dropAfterAccept: 0 }
  const web = createWeb(mailbox, state, config)
  const smtp = createSmtp(mailbox, state)
  const closeSmtp = () => new Promise<void>((done) => smtp.close(done))

  return {
    web,
    async listen() {
      const { server } = smtp
      await once(server.listen(config.smtpPort, host), 'listening')
      await web.listen({ host, port: config.port })
      return { smtpPort: portOf(server.address()), port: portOf(web.server.address()) }
    },
    async close() {
      await Promise.all([web.close(), closeSmtp()])
      await mailbox.close()
    },
  }
}

const portOf = (address: AddressInfo | string | null) => (address as AddressInfo).port
