import { describe, expect, it } from '@jest/globals'
import { createHealth } from '../src/model/health.ts'

function told() {
  const lines: unknown[] = []
  const log = { info: (fields: unknown) => void lines.push(fields), warn: (fields: unknown) => void lines.push(fields) }
  return { lines, health: createHealth(log as never) }
}

describe('what is wrong with the read model', () => {
  it('is logged once where its database is missing from the start, and when that is over', () => {
    const { lines, health } = told()
    expect(health.state()).toMatchObject({ database: false, failure: 'its database is not migrated yet' })
    for (let attempt = 0; attempt < 3; attempt++) health.told('database', 'nobody listens')
    health.told('database', undefined)
    expect(lines).toEqual([{ failure: 'nobody listens' }, { part: 'database' }])
  })

  it('is nothing to log of where all is well', () => {
    const { lines, health } = told()
    for (const part of ['database', 'saving'] as const) health.told(part, undefined)
    expect([lines, health.state()]).toEqual([[], { database: true, unreadable: 0, failure: null }])
  })
})
