import { describe, expect, it } from '@jest/globals'
import { askedOf, bodyOf, curlOf, groupsOf, lastsWords, numberOf, openTargets, standingWords } from '../../page/views/break/words.ts'
import { viewsWhere } from '../../page/views.ts'
import type { Broken, FaultId } from '../../src/api-types.ts'
import { faultsOf } from '../../src/break/catalogue.ts'

const fault = (id: FaultId) => faultsOf(true).find((one) => one.id === id)!
const broken = (id: FaultId, more: Partial<Broken> = {}): Broken => ({
  ...{ fault: id, target: null, number: null, by: 'ada', since: '2026-11-22T12:00:00Z', secondsLeft: 42, failure: null },
  ...more,
})

describe('a fault on the page', () => {
  it('stands with those like it', () => {
    expect(groupsOf(faultsOf(true)).map(({ of, faults }) => [of, faults.length])).toEqual([
      ['Payment provider', 3],
      ['Mail server', 2],
      ['Consumers and records', 3],
      ['Processes', 4],
    ])
    expect(groupsOf(faultsOf(false)).map(({ of }) => of)).not.toContain('Processes')
  })

  it('leads only to views that there are', () => {
    const names = new Set(viewsWhere(true).map(({ name }) => name))
    const led = faultsOf(true).flatMap(({ where }) => where.map(({ view }) => view))
    expect(led.filter((name) => !names.has(name))).toEqual([])
    expect(viewsWhere(false).map(({ name }) => name)).not.toContain('break')
  })

  it('says how long it lasts, and counts down', () => {
    expect(['twice', 'pause', 'poison'].map((id) => lastsWords(fault(id as FaultId)))).toEqual([
      'at once; nothing to undo',
      'undone by itself after 45 s',
      'undone by itself after 2 min',
    ])
    expect(standingWords(broken('psp-down'), fault('psp-down'))).toBe('Broken: undone by itself in 42 s')
    expect(standingWords(broken('pause', { target: 'email', secondsLeft: 0 }), fault('pause'))).toBe('email: being undone')
    expect(standingWords(broken('psp-declines', { number: 30 }), fault('psp-declines'))).toBe(
      '30 of 100 new charges: undone by itself in 42 s',
    )
    const stuck = broken('pause', { target: 'email', secondsLeft: 0, failure: 'email does not answer' })
    expect(standingWords(stuck, fault('pause'))).toBe('email: not undone yet: email does not answer; tried again')
  })

  it('is offered for those of whom it does not stand yet', () => {
    const state = { standing: [broken('poison', { target: 'payments' }), broken('psp-down')] }
    expect(openTargets(state, fault('poison'))).toEqual(['orders', 'warehouse'])
    expect([openTargets(state, fault('psp-down')), openTargets(state, fault('mail-down'))]).toEqual([[], [null]])
  })

  it('takes whole numbers within its bounds alone', () => {
    const numbers = ['50', '0', '101', '1.5', '', 'x'].map((typed) => numberOf(typed, askedOf(fault('psp-declines')).number))
    expect(numbers).toEqual([50, null, null, null, null, null])
    expect(numberOf('5', askedOf(fault('psp-down')).number)).toBe(null)
  })

  it('asks how long, where that can be chosen', () => {
    expect(askedOf(fault('psp-down')).seconds).toMatchObject({ least: 1, most: 100, usual: 45 })
    expect([askedOf(fault('twice')).seconds, askedOf(fault('kill')).seconds]).toEqual([null, null])
    expect(bodyOf('email', null, 8)).toEqual({ target: 'email', seconds: 8 })
  })

  it('is told as a command', () => {
    expect(curlOf('/api/break/psp-down', bodyOf(null, null), 'http://localhost:3000')).toBe(
      'curl -s -XPOST -H "authorization: Bearer $OPS_TOKEN" http://localhost:3000/api/break/psp-down',
    )
    expect(curlOf('/api/break/twice', bodyOf('orders', 20), '')).toContain(`-d '{"target":"orders","number":20}' /api/break/twice`)
  })
})
