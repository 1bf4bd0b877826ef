import { describe, expect, it } from '@jest/globals'
import { waitFor } from '../src/wait-for.ts'

const after = (looks: number) => () => --looks <= 0 && 'there'

describe('waitFor, when it polls a condition', () => {
  it('gives what the condition found', async () => {
    expect(await waitFor(after(3), { every: 1 })).toBe('there')
  })

  it('takes an exception for "not yet"', async () => {
    let looks = 0
    const condition = () => {
      if (++looks < 3) throw new Error('still starting')
      return looks
    }
    expect(await waitFor(condition, { every: 1 })).toBe(3)
  })

  it('says at the deadline what it waited for, what was thrown last, and the diagnosis', async () => {
    const hopeless = () => Promise.reject(new Error('connection refused'))
    const wait = waitFor(hopeless, { deadline: 20, every: 5, what: 'the broker', diagnose: async () => ({ lag: 7 }) })
    await expect(wait).rejects.toThrow(/waiting for the broker after 20 ms\nit threw: connection refused\n\{\s+"lag": 7\s+\}/)
  })

  it('keeps its deadline although the condition hangs', async () => {
    const wait = waitFor(() => new Promise<boolean>(() => {}), { deadline: 20, diagnose: () => 'a dead socket' })
    await expect(wait).rejects.toThrow(/did not answer in time\na dead socket/)
  })

  it('fails with its own message although diagnose throws', async () => {
    const diagnose = () => {
      throw new Error('no connection')
    }
    await expect(waitFor(() => false, { deadline: 5, diagnose })).rejects.toThrow(/still waiting for condition.*\n.*no connection/)
  })
})
