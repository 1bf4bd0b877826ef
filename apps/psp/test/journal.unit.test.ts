import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openJournal } from '../src/journal.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'psp-journal-'))
})
afterEach(() => rm(folder, { recursive: true }))

const path = () => join(folder, 'deep', 'ledger.jsonl')
const open = () => openJournal<{ n: number }>(path())

describe('the journal, when it is opened again', () => {
  it('gives back every entry in the order of its append', async () => {
    const first = await open()
    await Promise.all([1, 2, 3, 4].map((n) => first.append({ n })))
    await first.append({ n: 5 })
    await first.close()

    const second = await open()
    expect(second.replayed).toEqual([1, 2, 3, 4, 5].map((n) => ({ n })))
    await second.close()
  })

  it('cuts off a last line that a crash left without its end, and goes on after it', async () => {
    const first = await open()
    await first.append({ n: 1 })
    await first.close()
    await appendFile(path(), '{"n":')

    const second = await open()
    await second.append({ n: 2 })
    await second.close()
    expect(await readFile(path(), 'utf8')).toBe('{"n":1}\n{"n":2}\n')
  })
})

describe('the journal, when the disk refuses', () => {
  it('fails the append, and whoever waits for it', async () => {
    const journal = await open()
    await journal.append({ n: 1 })
    await journal.close()

    await expect(journal.append({ n: 2 })).rejects.toThrow()
    await expect(journal.settled()).rejects.toThrow()
  })
})
