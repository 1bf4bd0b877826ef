import { describe, expect, it } from '@jest/globals'
import type { Task } from '../src/answers.ts'
import { createProgress, taskLine } from '../src/progress.ts'
import { table } from '../src/table.ts'
import { colored, counted, cut, duration, plain } from '../src/words.ts'

describe('words', () => {
  it.each([
    [0.04, '0.0 s'],
    [9.94, '9.9 s'],
    [42.4, '42 s'],
    [60, '1 min'],
    [125, '2 min 5 s'],
    [11_400, '3 h 10 min'],
    [90_000, '1 d 1 h'],
  ])('tell %d seconds as %s', (seconds, text) => expect(duration(seconds)).toBe(text))

  it('are cut between two of them, where there are any', () => {
    expect(cut('repair the cause and redrive it', 20)).toBe('repair the cause …')
    expect(cut('0199c0de-0000-7000-8000-000000000001', 20)).toBe('0199c0de-0000-7000-…')
    expect(cut('short', 5)).toBe('short')
  })

  it('count', () => expect([counted(1, 'letter'), counted(1_200, 'letter')]).toEqual(['1 letter', '1,200 letters']))
})

describe('a table', () => {
  it('is as wide as what is in it, also where colours are', () => {
    const rows = [
      ['a', '1', colored('red', 'x')],
      ['longer', '20', 'y'],
    ]
    expect(table(['name', { title: 'n', right: true }, 'rest'], rows, plain)).toBe(
      ['NAME     N  REST', `a        1  ${colored('red', 'x')}`, 'longer  20  y'].join('\n'),
    )
  })
})

const task: Task = {
  ...{ id: '3', kind: 'redrive', request: {}, status: 'running', total: 40, done: 9, failed: 1, ratePerSecond: 10, startedBy: 'ada' },
  ...{ reason: null, createdAt: '', updatedAt: '', error: null, trying: 0, retriedSince: null, waitsFor: null },
}

describe('progress', () => {
  it('is a bar with what is left', () => {
    const bar = '██████──────────────────'
    expect(taskLine('payments', task)).toBe(`task 3 of payments  redrive  ${bar}  10 of 40  1 failed again  3.0 s left`)
    expect(taskLine('payments', { ...task, status: 'done', done: 40, failed: 0 })).toMatch(/█{24} {2}40 of 40 {2}done$/)
    expect(taskLine('payments', { ...task, total: 0, done: 0, failed: 0, status: 'waiting' })).toMatch(/█ {2}0 of 0 {2}waiting$/)
    expect(taskLine('payments', { ...task, done: 0, failed: 0, status: 'waiting', waitsFor: '2' })).toMatch(/0 of 40 {2}waits for task 2$/)
    // How much there is may have been estimated too low
    const beyond = taskLine('payments', { ...task, done: 60, failed: 0, retriedSince: null })
    expect(beyond).toMatch(/ █{24} {2}60 of 40 {2}0.0 s left$/)
  })

  it('is redrawn in place on a terminal, and written down elsewhere only when it moved', () => {
    const shown = (isTTY: boolean) => {
      const parts: string[] = []
      const progress = createProgress({ isTTY, columns: 10, write: (text) => parts.push(String(text)) > 0 })
      for (const line of ['10 %', '10 %', 'one hundred per cent']) progress.show([line])
      return parts.join('')
    }
    expect(shown(true)).toBe('10 %\n\x1b[1A\r\x1b[J10 %\n\x1b[1A\r\x1b[Jone hund…\n')
    expect(shown(false)).toBe('10 %\none hundred per cent\n')
  })
})
