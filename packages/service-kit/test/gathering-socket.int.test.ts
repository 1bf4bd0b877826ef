import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { gatheringSocket } from '../src/gathering-socket.ts'

describe('a gathering socket', () => {
  it('keeps what is written until the turn is over, and sends it then', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = gatheringSocket().connect((server.address() as AddressInfo).port, '127.0.0.1')
    const [[peer]] = await Promise.all([once(server, 'connection'), once(socket, 'connect')])
    socket.write('begin; ')
    socket.write('commit')
    expect(socket.writableLength).toBe('begin; commit'.length)
    expect(String((await once(peer, 'data'))[0])).toBe('begin; commit')
    socket.write('!')
    expect(String((await once(peer, 'data'))[0])).toBe('!')
    socket.destroy()
    server.close()
  })
})
