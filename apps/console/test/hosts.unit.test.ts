import { describe, expect, it } from '@jest/globals'
import { createConsole } from '../src/app.ts'

const view = () => ({ lag: undefined, ageMs: undefined, stale: true, failure: undefined })
const app = createConsole({ view }, undefined, undefined, ['shop.example'])
const asked = async (host: string, url = '/api/lag') => (await app.inject({ url, headers: { host } })).statusCode

describe('the console answers', () => {
  it.each([
    'localhost:3000',
    'LOCALHOST',
    '127.0.0.1:3000',
    '192.168.1.20',
    '[::1]:3000',
    'console:3000',
    'shop.example',
    'Shop.Example:8443',
  ])('under %s', async (host) => {
    expect(await asked(host)).toBe(200)
  })

  it.each([
    'evil:3000',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '1.2.3.4.5',
    'evil.shop.example',
    '[::1].evil',
  ])('under no name that somebody else may have made to point here: %s', async (host) => {
    const answer = await app.inject({ method: 'POST', url: '/api/services/orders/orders', headers: { host } })
    expect([answer.statusCode, answer.json()]).toMatchObject([
      421,
      { code: 'other-host', detail: expect.stringContaining('CONSOLE_HOSTS') },
    ])
    expect(await asked(host, '/')).toBe(421)
  })

  it('who measures it, under any name', async () => {
    for (const url of ['/metrics', '/livez', '/readyz?verbose']) expect(await asked('pod-7.cluster', url)).toBe(200)
  })
})
