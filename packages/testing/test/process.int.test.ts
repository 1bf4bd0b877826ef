import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { startProcess, waitFor } from '../src/index.ts'

const shell = (script: string, more = {}) => startProcess({ name: 'child', command: '/bin/sh', args: ['-c', script], ...more })

describe('a started process', () => {
  it('is ready with its ready line, and tells its lines', async () => {
    const seen: string[] = []
    const child = shell('echo one; echo up; sleep 30', {
      ready: (line: string) => line === 'up',
      onLine: (line: string) => seen.push(line),
    })
    await child.ready
    expect({ seen, tail: child.tail(), exit: child.exit() }).toEqual({ seen: ['one', 'up'], tail: 'one\nup', exit: undefined })
    expect(await child.stop()).toEqual({ code: null, signal: 'SIGTERM' })
    expect(child.kill()).toBe(false)
  })

  it('fails its readiness with the last output if it ends early', async () => {
    const child = shell('echo no database >&2; exit 3', { ready: () => false })
    await expect(child.ready).rejects.toThrow('child ended (3) before it was ready:\nno database')
  })

  it('fails its readiness if there is no such program', async () => {
    const child = startProcess({ name: 'nothing', command: '/no/such/program', ready: () => false })
    await expect(child.ready).rejects.toThrow('ENOENT')
  })

  it('is killed when it will not stop', async () => {
    const child = shell('trap "" TERM; echo up; while :; do sleep 1; done', { ready: (line: string) => line === 'up' })
    await child.ready
    expect(await child.stop(50)).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('stops in order, with its own children, when its parent is killed', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'quadrille-'))
    const orphan = `trap 'echo in order > ${dir}/end; exit' TERM; echo up; sleep 60 & echo $! > ${dir}/pid; wait`
    const script = `import { startProcess } from '${new URL('../src/process.ts', import.meta.url)}'
      const child = startProcess({ name: 'orphan', command: '/bin/sh', args: ['-c', process.argv[1]], ready: (line) => line === 'up' })
      await child.ready
      console.log('up')`
    const parent = startProcess({
      name: 'parent',
      command: process.execPath,
      args: ['--input-type=module-typescript', '-e', script, orphan],
      ready: (line) => line === 'up',
    })
    await parent.ready
    parent.kill('SIGKILL')
    const end = await waitFor(() => readFile(join(dir, 'end'), 'utf8'), { what: 'the orphan to end', diagnose: parent.tail })
    expect(end).toBe('in order\n')
    const pid = Number(await readFile(join(dir, 'pid'), 'utf8'))
    await waitFor(() => isGone(pid), { what: `process ${pid} to end` })
    await rm(dir, { recursive: true })
  })
})

function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0)
  } catch {
    return true
  }
}
