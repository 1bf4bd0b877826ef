import { describe, expect, it } from '@jest/globals'
import { readPorts, usualPorts } from '../src/addresses.ts'
import { readArguments } from '../src/arguments.ts'

describe('the arguments', () => {
  it('are none for a demo that stays up', () => {
    expect(readArguments([])).toEqual({ help: false, fresh: false, keep: false, rate: 20, seed: 1 })
  })

  it('ask for orders, their rate, and to stay', () => {
    expect(readArguments(['--orders', '200', '--rate=50', '--keep', '--fresh'])).toMatchObject({
      orders: 200,
      rate: 50,
      keep: true,
      fresh: true,
    })
  })

  it.each([
    [['--orders', 'many'], '--orders must be a whole number from 1 to 100000, not "many"'],
    [['--orders', '0'], '--orders must be a whole number'],
    [['--rate', '0.5'], '--rate must be a whole number'],
    [['--odrers', '3'], "Unknown option '--odrers': see --help"],
    [['now'], "Unexpected argument 'now'"],
    [['--keep'], '--keep needs --orders N'],
  ])('%j are refused in one line', (args, words) => {
    expect(() => readArguments(args)).toThrow(words)
  })
})

describe('the ports', () => {
  it('are the usual ones, moved where a variable says so', () => {
    expect(readPorts({ ORDERS_PORT: '4001', KAFKA_PORT: '' })).toEqual({ ...usualPorts, ORDERS_PORT: 4001 })
  })

  it('are refused by the name of their variable', () => {
    expect(() => readPorts({ MAIL_PORT: 'http', PSP_PORT: '70000' })).toThrow('PSP_PORT=70000 is not a port\nMAIL_PORT=http is not a port')
    expect(() => readPorts({ ORDERS_PORT: '3002' })).toThrow('PAYMENTS_PORT is 3002, which another port is too')
  })
})
