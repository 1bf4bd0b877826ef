import { describe, expect, it } from '@jest/globals'
import { createChecklist, type Step, stepLine } from '../src/checklist.ts'
import { createScreen } from '../src/screen.ts'

const step = (more: Partial<Step>): Step => ({
  name: 'Kafka',
  state: 'done',
  startedAt: 1_000,
  endedAt: 4_900,
  text: '127.0.0.1:9092',
  ...more,
})

describe('a line of the checklist', () => {
  it('tells how long a step took, takes, or that it waits', () => {
    expect(stepLine(step({}), 9_999)).toBe(' ✔ Kafka                3.9 s   127.0.0.1:9092')
    expect(stepLine(step({ state: 'running', text: 'downloading' }), 1_250)).toBe(' ⠹ Kafka                0.3 s   downloading')
    expect(stepLine(step({ state: 'waiting', text: '' }), 9_999)).toBe(' · Kafka')
    expect(stepLine(step({ state: 'failed', text: 'java was not found' }), 9_999)).toBe(
      ' ✖ Kafka                3.9 s   java was not found',
    )
  })
})

/** A terminal, or a file, that remembers what was written. */
function out(isTTY: boolean) {
  const written: string[] = []
  return { written, isTTY, columns: 40, rows: 10, write: (text: string) => written.push(text) > 0 }
}

describe('the checklist', () => {
  it('prints one plain line for each step where there is no terminal', async () => {
    const file = out(false)
    const { step, close } = createChecklist(createScreen(file), () => 0)
    await step('PostgreSQL', '127.0.0.1:15432', Promise.resolve(), async (tell) => tell('creating the data folder'))
    await expect(step('Kafka', '', Promise.resolve(), () => Promise.reject(new Error('java was not found\nmore')))).rejects.toThrow()
    close()
    expect(file.written).toEqual([
      '   PostgreSQL: creating the data folder\n',
      ' ✔ PostgreSQL           0.0 s   127.0.0.1:15432\n',
      ' ✖ Kafka                0.0 s   java was not found\n',
    ])
  })

  it('begins a step only when what it needs is there', async () => {
    const needed = Promise.withResolvers<void>()
    let begun = false
    const { step, close } = createChecklist(createScreen(out(false)))
    const over = step('databases', '', needed.promise, async () => {
      begun = true
    })
    expect(begun).toBe(false)
    needed.resolve()
    await over
    expect(begun).toBe(true)
    close()
  })

  it('says nothing any more once it is closed', async () => {
    const file = out(false)
    const late = Promise.withResolvers<void>()
    const { step, close } = createChecklist(createScreen(file))
    const over = step('Kafka', '', Promise.resolve(), () => late.promise)
    close()
    late.resolve()
    await over
    expect(file.written).toEqual([])
  })
})

describe('a terminal', () => {
  it('redraws its last lines in place, below what is printed', () => {
    const tty = out(true)
    const screen = createScreen(tty)
    screen.show(['one', 'two'])
    screen.print('a note')
    screen.show(['three'])
    expect(tty.written).toEqual(['one\ntwo\n', '\x1b[2A\r\x1b[Ja note\none\ntwo\n', '\x1b[2A\r\x1b[Jthree\n'])
  })

  it('never lets a line wrap, which could not be taken back', () => {
    const tty = out(true)
    createScreen(tty).show(['x'.repeat(60)])
    expect(tty.written[0]).toBe(`${'x'.repeat(38)}…\n`)
  })
})
