import { describe, expect, it } from '@jest/globals'
import { waitFor } from '@quadrille/testing'
import { part, render } from '../../page/html.ts'
import { lost, opened } from '../../page/store/live.ts'
import { type Once, useOnce } from '../../page/store/once.ts'
import { isUnsure, notDone, Problem } from '../../page/store/problem.ts'
import { live } from '../../page/store/stream.ts'

globalThis.requestAnimationFrame = (draw) => setTimeout(draw, 0) as unknown as number
globalThis.cancelAnimationFrame = (id) => clearTimeout(id)

/** What draws nothing needs no document. */
const nowhere = () => ({ nodeType: 1, childNodes: [] }) as unknown as HTMLElement

/** Makes the change in a part of the page, draws it again, lets the line go and come back, and tells all that was seen. */
async function made(change: () => Promise<string>) {
  const [seen, place] = [[] as Once<string>[], nowhere()]
  let times = 0
  const counted = () => {
    times += 1
    return change()
  }
  const Change = () => {
    seen.push(useOnce(counted))
    return null
  }
  const settled = () =>
    waitFor(() => seen.at(-1)?.data !== undefined || seen.at(-1)?.error !== undefined, { what: 'an answer', deadline: 5_000 })
  render(part(Change, {}), place)
  await settled()
  for (const turn of [lost, opened, lost, opened]) {
    live.change(turn)
    const drawn = seen.length
    render(part(Change, {}), place)
    await waitFor(() => seen.length > drawn, { what: 'it to be drawn again', deadline: 5_000 })
    await new Promise(requestAnimationFrame)
  }
  await settled()
  return { times, last: seen.at(-1) }
}

describe('a change that is made as the page shows it', () => {
  it('is made once, however often the line comes back', async () => {
    expect(await made(async () => 'task 7')).toEqual({ times: 1, last: { data: 'task 7' } })
  })

  it('is not made again where nobody answered', async () => {
    const error = new Problem(503, { code: 'service-down' })
    expect(await made(() => Promise.reject(error))).toEqual({ times: 1, last: { error } })
  })
})

describe('a change without an answer', () => {
  const why = (status: number, code = '') => new Problem(status, { code })

  it('may have been made, unless who answered surely did not', () => {
    expect([why(0), why(503, 'service-down'), why(500, 'internal'), new SyntaxError('half an answer')].map(isUnsure)).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect([why(403, 'read-only'), why(422), why(503, 'operators-off'), why(503, 'closing')].map(isUnsure)).toEqual([
      false,
      false,
      false,
      false,
    ])
  })

  it('is not told as one that failed', () => {
    expect(notDone('begun', 'Look there.', why(0))).toBe('It is not known whether it was begun. Look there.')
    expect(notDone('begun', 'Look there.', why(403))).toBe('It was not begun.')
  })
})
