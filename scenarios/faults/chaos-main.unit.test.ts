import { describe, expect, it } from '@jest/globals'
import { briefly, readArguments } from './chaos-main.ts'

const read = (...args: string[]) => readArguments(args, () => 42)

describe('the arguments of chaos', () => {
  it('say how long, and by which seed', () => {
    expect([read(), read('--minutes', '1', '--seed=7'), read('-h')]).toEqual([{ minutes: 30, seed: 42 }, { minutes: 1, seed: 7 }, 'help'])
  })

  it.each([
    [['--minutes', 'many'], '--minutes must be a whole number from 1 to 1440, not "many"'],
    [['--minutes', ''], '--minutes must be a whole number'],
    [['--seed', 'x'], '--seed must be a whole number'],
    [['--mintues', '3'], "Unknown option '--mintues': see --help"],
  ])('%j are refused in one line, before anything is hurt', (args, words) => {
    expect(() => read(...args)).toThrow(words)
  })
})

describe('last words', () => {
  it.each([
    ['orders ended by itself:\nat a\nout of memory', 'orders ended by itself: out of memory'],
    ['orders ended by itself', 'orders ended by itself'],
  ])('%j are told in a line', (words, line) => expect(briefly(words)).toBe(line))
})
