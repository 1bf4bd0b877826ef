import { describe, expect, it } from '@jest/globals'
import { callersOf } from '../src/callers.ts'

const tree = (line: readonly string[]) => new Map(line.map((command, index) => [100 - index, { parent: 99 - index, command }]))

describe('the callers of the demo', () => {
  it('are all up to the outermost package manager, and not the shell above it', () => {
    const line = [
      'node tools/demo/src/main.ts',
      'sh -c trap …; node tools/demo',
      'pnpm demo',
      "sh -c 'pnpm' demo",
      'npm exec pnpm@12 demo',
      'bash',
    ]
    expect(callersOf(100, tree(line))).toEqual([99, 98, 97, 96])
    expect(callersOf(100, tree(['node main.ts', 'sh', 'node /usr/bin/npx -y pnpm@12 demo', 'zsh']))).toEqual([99, 98])
  })

  it('are nobody where a shell started it', () => {
    expect(callersOf(100, tree(['node tools/demo/src/main.ts', 'bash', 'sshd']))).toEqual([])
  })
})
