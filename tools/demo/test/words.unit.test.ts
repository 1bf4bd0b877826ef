import { describe, expect, it } from '@jest/globals'
import { readPorts } from '../src/addresses.ts'
import { welcome } from '../src/words.ts'

describe('what the demo says when it is ready', () => {
  it('begins with the address of the console', () => {
    const words = welcome({ dir: '.demo', ports: readPorts({ CONSOLE_PORT: '3300' }), opsToken: 'right-token' })
    expect(words.trim().split('\n')[0]).toMatch(/^console +http:\/\/127\.0\.0\.1:3300 /)
  })
})
