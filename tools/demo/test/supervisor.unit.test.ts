import { describe, expect, it } from '@jest/globals'
import { type Exit, waitFor } from '@quadrille/testing'
import { type Part, supervise } from '../src/supervisor.ts'

/** A program that starts as often as it is told to, and ends when the test says so. */
function fakePart(firstFailures = 0) {
  const lives: ((exit: Exit) => void)[] = []
  let starts = 0
  let stopped = 0
  const part: Part = {
    name: 'payments',
    async start() {
      if (++starts <= firstFailures) throw new Error('{"level":60,"msg":"cannot start","err":{"message":"no database"}}')
      const { promise, resolve } = Promise.withResolvers<Exit>()
      lives.push(resolve)
      const stop = async () => {
        stopped++
        resolve({ code: 0, signal: null })
      }
      return { exited: promise, tail: () => 'last words', kill: () => resolve({ code: null, signal: 'SIGKILL' }), stop }
    },
  }
  return { part, lives, starts: () => starts, stopped: () => stopped }
}

const quickly = { waits: [1, 1, 1] }

describe('a supervised part', () => {
  it('is started again whenever it ends, and the note says how it ended', async () => {
    const { part, lives } = fakePart()
    const notes: string[] = []
    const supervisor = supervise(part, { note: (text) => notes.push(text), quickMs: 0, ...quickly })
    await supervisor.up
    for (let life = 0; life < 5; life++) {
      lives[life]!(life % 2 === 0 ? { code: null, signal: 'SIGKILL' } : { code: 1, signal: null })
      await waitFor(() => lives.length === life + 2)
    }
    expect(notes.slice(0, 4)).toEqual([
      'payments ended (SIGKILL)\n  it is started again',
      'payments is up again',
      'payments ended (exit code 1): last words\n  it is started again',
      'payments is up again',
    ])
    await supervisor.stop()
  })

  it('is tried for ever once it was up, also after quick ends in a row', async () => {
    const { part, lives } = fakePart()
    const notes: string[] = []
    const supervisor = supervise(part, { note: (text) => notes.push(text), ...quickly })
    await supervisor.up
    for (let life = 0; life < 6; life++) {
      lives[life]!({ code: 1, signal: null })
      await waitFor(() => lives.length === life + 2)
    }
    expect(notes.join('\n')).toContain('it is started again, after 6 quick ends in a row')
    await supervisor.stop()
  })

  it('is given up, with its last words, when it never came up', async () => {
    const { part, starts } = fakePart(99)
    await expect(supervise(part, { note: () => {}, ...quickly }).up).rejects.toThrow('payments did not start: cannot start: no database')
    expect(starts()).toBe(3)
  })

  it('is given up at once where the reason is plain', async () => {
    const { part, starts } = fakePart(99)
    await expect(supervise({ ...part, firstTries: 1 }, { note: () => {}, ...quickly }).up).rejects.toThrow('did not start')
    expect(starts()).toBe(1)
  })

  it('stays down while it is held, and comes up when it is released', async () => {
    const { part, starts, stopped } = fakePart()
    const notes: string[] = []
    const supervisor = supervise(part, { note: (text) => notes.push(text), ...quickly })
    await supervisor.up
    await supervisor.hold()
    await waitFor(() => notes.length === 1)
    expect([starts(), stopped(), notes]).toEqual([1, 1, ['payments is stopped on purpose']])
    supervisor.release()
    await waitFor(() => starts() === 2)
    await supervisor.stop()
  })

  it('is stopped also while it is held', async () => {
    const { part, starts } = fakePart()
    const supervisor = supervise(part, { note: () => {}, ...quickly })
    await supervisor.up
    await supervisor.hold()
    await supervisor.stop()
    expect(starts()).toBe(1)
  })

  it('stays down once it is stopped', async () => {
    const { part, starts, stopped } = fakePart()
    const supervisor = supervise(part, { note: () => {}, ...quickly })
    await supervisor.up
    await supervisor.stop()
    expect([starts(), stopped()]).toEqual([1, 1])
  })

  it('is stopped also when it comes up only after the stop', async () => {
    const { part, stopped } = fakePart()
    const late = Promise.withResolvers<void>()
    const slow: Part = { ...part, start: (unwanted) => late.promise.then(() => part.start(unwanted)) }
    const supervisor = supervise(slow, { note: () => {}, ...quickly })
    const stop = supervisor.stop()
    late.resolve()
    await stop
    expect(stopped()).toBe(1)
  })
})
