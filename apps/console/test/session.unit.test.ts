import { describe, expect, it } from '@jest/globals'
import { isFromHere } from '../src/api/session.ts'

const own = { host: 'localhost:3000', 'sec-fetch-site': 'same-origin', referer: 'http://localhost:3000/' }
const from = (remoteAddress: string, headers: Record<string, string>) => isFromHere({ socket: { remoteAddress }, headers })

describe('the token is handed over', () => {
  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])('to our own page on this machine: %s', (peer) => {
    expect(from(peer, own)).toBe(true)
    expect(from(peer, { ...own, host: '[::1]:3000', referer: 'http://[::1]:3000/' })).toBe(true)
    expect(from(peer, { ...own, origin: 'http://localhost:3000', referer: 'http://localhost:3000/orders' })).toBe(true)
  })

  it.each([
    ['a neighbour', '192.168.1.20', own],
    ['a name that was made to point here', '127.0.0.1', { ...own, host: 'evil.example:3000' }],
    ['a name that only begins like ours', '127.0.0.1', { ...own, host: 'localhost.evil.example' }],
    ['another site’s script', '127.0.0.1', { ...own, 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', '127.0.0.1', { ...own, 'sec-fetch-site': 'same-site' }],
    ['who does not say from where', '127.0.0.1', { host: 'localhost:3000', referer: own.referer }],
    ['who does not say from which page', '127.0.0.1', { host: 'localhost:3000', 'sec-fetch-site': 'same-origin' }],
    ['what came through a proxy', '127.0.0.1', { ...own, 'x-forwarded-for': '203.0.113.7' }],
    ['what came through one that says less', '127.0.0.1', { ...own, via: '1.1 somebody' }],
    ['what came through one that tells only how', '127.0.0.1', { ...own, 'x-forwarded-proto': 'https' }],
    ['what came through somebody’s edge', '127.0.0.1', { ...own, 'cf-connecting-ip': '203.0.113.7' }],
    ['a page under the name of a proxy', '127.0.0.1', { ...own, origin: 'https://console.example' }],
    ['one that only refers to it', '127.0.0.1', { ...own, referer: 'https://console.example/orders' }],
  ])('not to %s', (_, peer, headers) => {
    expect(from(peer, headers)).toBe(false)
  })
})
