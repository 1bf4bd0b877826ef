import { describe, expect, it } from '@jest/globals'
import { stopInOrder } from '../src/lifecycle.ts'

describe('stopping, when steps fail', () => {
  it('takes every step in order, and tells all that went wrong together', async () => {
    const taken: string[] = []
    const stopping = stopInOrder([
      ['http', 1_000, () => taken.push('http')],
      ['runtime', 1_000, async () => Promise.reject(new Error('no broker'))],
      ['database', 5, () => new Promise(() => {})],
      ['telemetry', 0, () => taken.push('telemetry')],
    ])
    await expect(stopping).rejects.toMatchObject({
      errors: [{ message: 'stopping runtime failed: no broker' }, { message: 'stopping database failed: took longer than 5 ms' }],
    })
    expect(taken).toEqual(['http', 'telemetry'])
  })
})
