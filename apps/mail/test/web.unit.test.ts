import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createMail, type MailSink, readConfig } from '../src/index.ts'

let data: string
let sink: MailSink
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'mail-web-'))
  sink = await createMail({ ...readConfig({}), data, logLevel: 'silent' })
})
afterEach(async () => {
  await sink.close()
  await rm(data, { recursive: true })
})

const get = (url: string) => sink.web.inject({ url })

describe('the mail page', () => {
  it('is one page that loads nothing from elsewhere and shows mails in a sandbox', async () => {
    const page = await get('/')
    expect(page.statusCode).toBe(200)
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page.body).toMatch(/<iframe[^>]* sandbox[ >]/)
    expect(page.body).not.toMatch(/https?:|\ssrc=|<link/)
  })

  it('is alive and ready without an SMTP server', async () => {
    expect((await get('/livez')).statusCode).toBe(200)
    expect((await get('/readyz')).statusCode).toBe(200)
    expect((await get('/api/mails')).json()).toEqual([])
  })
})

describe('the mail API, when asked for what is not', () => {
  it('answers 404 for an unknown mail and 400 for an unknown switch, as problems', async () => {
    const unknown = [await get('/api/mails/7'), await get('/nothing')]
    expect(unknown.map(({ statusCode }) => statusCode)).toEqual([404, 404])
    const wrong = await sink.web.inject({ method: 'PUT', url: '/switch', payload: { dropAfterAccept: -1, dwon: true } })
    expect(wrong.statusCode).toBe(400)
    for (const answer of [...unknown, wrong]) expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(wrong.json().detail).toMatch(/dwon/)
  })
})

describe('the environment, when it is wrong', () => {
  it('is refused with every problem at once', () => {
    expect(() => readConfig({ MAIL_PORT: 'x', MAIL_SMTP_PORT: '70000' })).toThrow(/MAIL_SMTP_PORT.*MAIL_PORT/s)
  })
})
