import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { freePorts } from '@quadrille/testing'
import { type PortName, type Ports, refuseTakenPorts, usualPorts } from '../src/addresses.ts'

describe('a taken port', () => {
  it('is named with the variable that moves it, and only it', async () => {
    const names = Object.keys(usualPorts) as PortName[]
    const free = await freePorts(names.length)
    const ports = Object.fromEntries(names.map((name, index) => [name, free[index]])) as unknown as Ports
    await refuseTakenPorts(ports)

    const other = createServer().listen(ports.EMAIL_PORT, '127.0.0.1')
    await once(other, 'listening')
    const refusal = refuseTakenPorts(ports)
    await expect(refusal).rejects.toThrow(`port ${ports.EMAIL_PORT} is taken: stop what uses it, or choose another one with EMAIL_PORT`)
    await expect(refusal).rejects.not.toThrow('ORDERS_PORT')
    other.close()
  })
})
