import { describe, expect, it } from '@jest/globals'
import { serveHealth } from '../src/health.ts'
import { sampleApp } from './fakes.ts'

async function health() {
  const { app } = await sampleApp()
  const state = { database: true, looks: 0, closing: false }
  serveHealth(app, {
    closing: () => state.closing,
    ready: {
      backlog: () => true,
      database: async () => {
        state.looks++
        if (!state.database) throw new Error('connection refused')
        return true
      },
    },
    shown: { kafka: () => ({ joined: false }) },
  })
  return { app, state }
}

describe('health, when asked', () => {
  it('is ready with every check, whatever else is down', async () => {
    const { app } = await health()
    expect((await app.inject('/readyz')).json()).toEqual({ status: 'ready', checks: { backlog: true, database: true } })
    expect((await app.inject('/readyz?verbose')).json()).toMatchObject({ status: 'ready', kafka: { joined: false } })
  })

  it('is not ready without the database, but alive', async () => {
    const { app, state } = await health()
    state.database = false
    const answer = await app.inject('/readyz')
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toMatchObject({ code: 'not-ready', detail: 'not ok: database', checks: { backlog: true, database: false } })
    expect((await app.inject('/livez')).statusCode).toBe(200)
  })

  it('is not ready once it is closing', async () => {
    const { app, state } = await health()
    state.closing = true
    expect((await app.inject('/readyz')).json()).toMatchObject({ status: 503, detail: 'not ok: closing' })
  })

  it('looks once for all who ask at the same time', async () => {
    const { app, state } = await health()
    await Promise.all([1, 2, 3].map(() => app.inject('/readyz')))
    expect(state.looks).toBe(1)
  })
})
