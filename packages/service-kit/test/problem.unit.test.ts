import { describe, expect, it } from '@jest/globals'
import { HttpProblem, problemBody, toProblem } from '../src/problem.ts'

const failed = (message: string, more: object = {}) => Object.assign(new Error(message), more)

describe('an error, when it becomes a problem', () => {
  it('keeps what a route threw on purpose', () => {
    const late = new HttpProblem(409, 'too-late', 'The cancel window has passed', { detail: 'after 10 minutes' })
    expect(problemBody(toProblem(late), '/orders/1/cancel')).toEqual({
      type: 'urn:quadrille:problem:too-late',
      title: 'The cancel window has passed',
      status: 409,
      code: 'too-late',
      detail: 'after 10 minutes',
      instance: '/orders/1/cancel',
    })
  })

  it.each([
    ['a refused connection', failed('connect', { code: 'ECONNREFUSED' })],
    ['a broken pipe', failed('write', { code: 'EPIPE' })],
    ['a statement timeout', failed('canceling statement due to statement timeout', { code: '57014' })],
    ['a deadlock', failed('deadlock detected', { code: '40P01' })],
    ['a full pool', failed('timeout exceeded when trying to connect')],
    ['a lost connection', failed('Connection terminated unexpectedly')],
    ['a provider that does not answer', AbortSignal.abort(new DOMException('late', 'TimeoutError')).reason],
  ])('blames the environment for %s: try again', (_, error) => {
    expect(toProblem(error)).toMatchObject({ status: 503, code: 'unavailable', headers: { 'retry-after': '2' } })
  })

  it.each([
    ['a bug', new TypeError('x is undefined')],
    ['a refused statement', failed('syntax error', { code: '42601' })],
    ['a plain error', failed('card 4242 is odd')],
    ['something that is no error', 'a string'],
  ])('tells nothing about %s', (_, error) => {
    const problem = toProblem(error)
    expect(problemBody(problem, '/')).toEqual({
      type: 'urn:quadrille:problem:internal',
      title: 'Something went wrong here',
      status: 500,
      code: 'internal',
      instance: '/',
    })
    expect(problem.cause).toBe(error)
  })
})
