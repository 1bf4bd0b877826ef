import { describe, expect, it } from '@jest/globals'
import { waitFor } from '@quadrille/testing'
import { createControl } from '../src/control.ts'

function stage(longestMs?: number) {
  const done: string[] = []
  const payments = {
    kill: (signal?: NodeJS.Signals) => done.push(String(signal)),
    hold: async () => void done.push('hold'),
    release: () => void done.push('release'),
  }
  const relays = { hold: async () => void done.push('take'), release: async () => void done.push('give back') }
  const part = (name: string) => (name === 'payments' ? payments : undefined)
  const relay = (name: string) => (name === 'payments' ? relays : undefined)
  const { answer } = createControl({ token: 'right-token', part, relay, ...(longestMs && { longestMs }) })
  const ask = (url: string, { method = 'POST', authorization = 'Bearer right-token' } = {}) => answer({ method, url, authorization })
  return { done, ask }
}

describe('the demo, when it is told to break a part', () => {
  it('does what it is told', async () => {
    const { done, ask } = stage()
    for (const verb of ['kill', 'freeze', 'thaw', 'stop', 'start'])
      expect(await ask(`/parts/payments/${verb}`)).toEqual({ status: 200, title: `payments: ${verb}` })
    expect(done).toEqual(['SIGKILL', 'SIGSTOP', 'SIGCONT', 'hold', 'release'])
  })

  it('stops the relay of a service, and nothing else of it', async () => {
    const { done, ask } = stage()
    for (const verb of ['stop', 'start']) expect(await ask(`/relays/payments/${verb}`)).toMatchObject({ status: 200 })
    expect(done).toEqual(['take', 'give back'])
  })

  it.each(['', 'Bearer', 'Bearer wrong', 'right-token'])('refuses whoever has not the token: %j', async (authorization) => {
    const { done, ask } = stage()
    expect(await ask('/parts/payments/kill', { authorization })).toMatchObject({ status: 401 })
    expect(done).toEqual([])
  })

  it.each([
    ['POST', '/parts/nobody/kill'],
    ['POST', '/parts/payments/explode'],
    ['POST', '/parts/../payments/kill'],
    ['POST', '/relays/payments/kill'],
    ['POST', '/relays/nobody/stop'],
    ['GET', '/parts/payments/kill'],
  ])('knows no other part or verb: %s %s', async (method, url) => {
    const { done, ask } = stage()
    expect(await ask(url, { method })).toMatchObject({ status: 404 })
    expect(done).toEqual([])
  })

  it('lets a part go on by itself when nobody says so', async () => {
    const { done, ask } = stage(5)
    await ask('/parts/payments/freeze')
    await waitFor(() => done.length === 2)
    await ask('/parts/payments/stop')
    await waitFor(() => done.length === 4)
    await ask('/relays/payments/stop')
    await waitFor(() => done.length === 6)
    expect(done).toEqual(['SIGSTOP', 'SIGCONT', 'hold', 'release', 'take', 'give back'])
  })
})
