import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { describe, expect, it } from '@jest/globals'
import { createViewers } from '../src/api/viewers.ts'

/** A browser's line; one that breaks says so, or only is found destroyed. */
function line({ destroyed = false } = {}) {
  const written: string[] = []
  const response = Object.assign(new EventEmitter(), {
    ...{ destroyed, writableLength: 0, writeHead: () => response, write: (text: string) => written.push(text) > 0, end: () => undefined },
  })
  return { response, written, viewer: response as unknown as ServerResponse }
}

describe('those who look', () => {
  it('are told what happens until they leave', () => {
    const [viewers, one] = [createViewers(), line()]
    viewers.add(one.viewer, 'first')
    viewers.say('pulse', 'second')
    one.response.emit('close')
    viewers.say('pulse', 'third')
    expect([viewers.size, one.written.join('').match(/(?<=data: ").*(?=")/g)]).toEqual([0, ['first', 'second']])
    viewers.close()
  })

  it('are not waited for where they left before they were let in: nobody would ever say so', () => {
    const [viewers, gone] = [createViewers(), line({ destroyed: true })]
    viewers.add(gone.viewer, 'first')
    expect([viewers.size, gone.written]).toEqual([0, []])
    viewers.close()
  })

  it('are forgotten where their line is found broken', () => {
    const [viewers, one] = [createViewers(), line()]
    viewers.add(one.viewer, 'first')
    one.response.destroyed = true
    viewers.say('pulse', 'second')
    expect([viewers.size, one.written]).toEqual([0, [expect.stringContaining('first')]])
    viewers.close()
  })
})
