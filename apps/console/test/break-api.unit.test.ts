import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { BreakState } from '../src/api-types.ts'
import { createConsole } from '../src/app.ts'
import { faultsOf } from '../src/break/catalogue.ts'
import { createKeeper } from '../src/break/keeper.ts'
import { serveBreak } from '../src/break/serve.ts'

const silent = { info: () => undefined, warn: () => undefined }
const view = () => ({ lag: undefined, ageMs: undefined, stale: true, failure: undefined })
const headers = { authorization: 'Bearer right-token', 'x-operator': 'Ren%C3%A9e' }

describe('/api/break', () => {
  const wishes: unknown[] = []
  const keeper = createKeeper({
    ...{
      ledger: { keep: async () => undefined, forget: async () => undefined },
      log: silent,
      pause: (_ms, signal) => new Promise((over) => signal.addEventListener('abort', over)),
    },
    deedOf({ fault, target, number, by }) {
      wishes.push([fault.id, target, number, by, fault.seconds])
      return { does: async () => 'so it is', undoes: async () => undefined }
    },
  })
  const app = createConsole({ view })
  beforeAll(() => serveBreak(app, { keeper, faults: faultsOf(false), token: 'right-token' }))
  afterAll(async () => {
    await keeper.stop()
    await app.close()
  })
  const post = (path: string, payload?: object) =>
    app.inject({ method: 'POST', url: `/api/break/${path}`, headers, ...(payload && { payload }) })

  it('breaks what is asked for, as who asks, tells what stands, and undoes it', async () => {
    const begun = await post('pause', { target: 'email' })
    expect([begun.statusCode, begun.json<BreakState>().standing]).toMatchObject([200, [{ fault: 'pause', target: 'email', by: 'Renée' }]])
    expect((await post('pause', { target: 'email' })).statusCode).toBe(409)
    expect((await post('pause/undo', { target: 'email' })).json<BreakState>().standing).toEqual([])
  })

  it('takes the usual number where none is given', async () => {
    await post('psp-declines')
    await post('twice', { target: 'orders', number: 7 })
    expect(wishes.slice(-2)).toEqual([
      ['psp-declines', null, 50, 'Renée', 45],
      ['twice', 'orders', 7, 'Renée', 0],
    ])
  })

  it('lasts as long as it is told to', async () => {
    const begun = await post('pause', { target: 'orders', seconds: 8 })
    expect(begun.json<BreakState>().standing).toContainEqual(expect.objectContaining({ target: 'orders', secondsLeft: 8 }))
    expect(wishes.at(-1)).toEqual(['pause', 'orders', null, 'Renée', 8])
  })

  it.each([
    ['pause', {}],
    ['pause', { target: 'email', seconds: 0 }],
    ['pause', { target: 'email', seconds: 101 }],
    ['twice', { target: 'orders', seconds: 5 }],
    ['pause', { target: 'psp' }],
    ['psp-down', { target: 'email' }],
    ['psp-declines', { number: 101 }],
    ['poison', { target: 'email' }],
  ])('refuses what cannot be meant: %s %j', async (fault, payload) => {
    expect((await post(fault, payload)).statusCode).toBe(400)
  })

  it('is for operators', async () => {
    const asked = [{ method: 'GET', url: '/api/break' } as const, { method: 'POST', url: '/api/break/psp-down' } as const]
    for (const one of asked)
      for (const authorization of ['', 'Bearer wrong'])
        expect((await app.inject({ ...one, headers: { authorization } })).statusCode).toBe(401)
  })

  it('kills and stops nothing where there is no demo, and says why', async () => {
    const state = (await app.inject({ url: '/api/break', headers })).json<BreakState>()
    expect(state.faults.map(({ id }) => id)).not.toEqual(expect.arrayContaining(['kill']))
    expect(state.absent).toMatch(/only where the demo runs them/)
    expect((await post('kill', { target: 'email' })).statusCode).toBe(404)
  })

  it('is not there at all where nothing may be broken', async () => {
    const closed = createConsole({ view })
    expect((await closed.inject({ url: '/api/break', headers })).statusCode).toBe(404)
    await closed.close()
  })
})
