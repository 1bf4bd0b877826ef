import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A small file system of its own, in memory, that can be filled to the last byte. */
export interface Disk {
  readonly path: string
  fill(): Promise<void>
  /** Gives the room back. */
  free(): Promise<void>
  unmount(): void
}

const SIZE = '700m' // 120 partitions and a few checkpoints' worth of write-ahead log
const PIECE = Buffer.alloc(1 << 20)

export function mountDisk(path: string): Disk {
  mkdirSync(path)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=755`, 'none', path], { stdio: 'ignore' })
  const filler = join(path, 'filler')
  return {
    path,
    async fill() {
      const file = await open(filler, 'w')
      await writeUntilFull(file).finally(() => file.close())
    },
    free: () => rm(filler, { force: true }),
    unmount: () => void execFileSync('umount', ['--lazy', path], { stdio: 'ignore' }),
  }
}

async function writeUntilFull(file: FileHandle) {
  for (let length = PIECE.length; length > 0; ) {
    try {
      await file.write(PIECE, 0, length)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      length >>= 1 // what is left is less than this
    }
  }
}

/** Only root may, and not in every container. */
export function canMount(): boolean {
  const dir = mkdtempSync(join(tmpdir(), 'quadrille-mount-'))
  try {
    mountDisk(join(dir, 'disk')).unmount()
    return true
  } catch {
    return false
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
