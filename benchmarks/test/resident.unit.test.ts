import { describe, expect, it } from '@jest/globals'
import { readResident } from '../src/resident.ts'

describe('resident memory', () => {
  it('is told in MB', () => {
    expect(readResident('VmPeak:\t  9000 kB\nVmRSS:\t    2048 kB\nThreads:\t1\n')).toBe(2)
  })

  it('is none where a process is ending', () => {
    expect(readResident('Name:\tgone\nState:\tZ (zombie)\n')).toBe(0)
  })
})
