import { mkdir, open, readFile, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Entries on disk, one JSON line each, only ever appended. */
export type Journal<Entry> = {
  /** What was on disk when the journal was opened. */
  replayed: Entry[]
  /** Resolves once the entry, and everything before it, is on disk. */
  append(entry: Entry): Promise<void>
  /** Resolves once everything appended so far is on disk. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** After a failed write every later append and `settled` fails too: what is on disk is known again only after a restart. */
export async function openJournal<Entry>(path: string): Promise<Journal<Entry>> {
  await mkdir(dirname(path), { recursive: true })
  const replayed = await replay<Entry>(path)
  const file = await open(path, 'a')
  let waiting: string[] = []
  let written = Promise.resolve()

  async function write(): Promise<void> {
    const lines = waiting.join('')
    waiting = []
    await file.appendFile(lines)
    await file.datasync()
  }

  return {
    replayed,
    append(entry) {
      // The first line to wait asks for a write; those that come while the disk is busy go along with it.
      if (waiting.push(`${JSON.stringify(entry)}\n`) === 1) written = written.then(write)
      return written
    },
    settled: () => written,
    close: () => written.finally(() => file.close()),
  }
}

/** A last line without its end was never acknowledged: the process died in the middle of it, so it is cut off. */
async function replay<Entry>(path: string): Promise<Entry[]> {
  const bytes = await readFile(path).catch(absentIsEmpty)
  const whole = bytes.lastIndexOf('\n') + 1
  if (whole < bytes.length) await truncate(path, whole)
  const lines = bytes.toString('utf8', 0, whole).split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as Entry)
}

function absentIsEmpty(error: NodeJS.ErrnoException): Buffer {
  if (error.code === 'ENOENT') return Buffer.alloc(0)
  throw error
}
