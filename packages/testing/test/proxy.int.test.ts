import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createProxy, type TcpProxy } from '../src/faults/proxy.ts'
import { waitFor } from '../src/wait-for.ts'

let server: Server
let heard: string
let proxy: TcpProxy
const clients: Socket[] = []

/** Says everything back, in capitals. */
beforeEach(async () => {
  heard = ''
  server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      heard += chunk
      socket.write(String(chunk).toUpperCase())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  proxy = await createProxy({ host: '127.0.0.1', port: (server.address() as { port: number }).port })
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await proxy.close()
  await new Promise((resolve) => server.close(resolve))
})

/** A client that keeps what it is told, and how its connection ended. */
function client() {
  const socket = connect(proxy.address)
  clients.push(socket)
  const told = { text: '', ended: '', chunks: 0 }
  socket.on('data', (chunk) => {
    told.text += chunk
    told.chunks += 1
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    told.ended = String(error.code)
  })
  socket.on('end', () => {
    told.ended ||= 'in order'
  })
  return { told, say: (text: string) => void socket.write(text), end: () => void socket.end() }
}

async function talking() {
  const one = client()
  one.say('a')
  await waitFor(() => one.told.text === 'A')
  return one
}

describe('a proxy, when the network is well', () => {
  it('carries both ways, and both ends', async () => {
    const { told, end } = await talking()
    end()
    await waitFor(() => told.ended === 'in order')
    expect(proxy.bites).toMatchObject({ connections: 1, reset: 0, cutUp: 0, cutDown: 0 })
  })
})

describe('a proxy, when a way is cut', () => {
  it('lets the other way through; the connection looks alive until the way is open again, and is then reset', async () => {
    const { told, say } = await talking()
    proxy.become({ down: { cut: true } })
    say('b')
    await waitFor(() => proxy.bites.cutDown === 1)
    expect({ heard, ...told }).toMatchObject({ heard: 'ab', text: 'A', ended: '' })
    proxy.become({})
    await waitFor(() => told.ended === 'ECONNRESET')
    await talking()
  })

  it('tells the server nothing where the way up is cut', async () => {
    const { say } = await talking()
    proxy.become({ up: { cut: true } })
    say('bc')
    await waitFor(() => proxy.bites.cutUp === 2)
    expect(heard).toBe('a')
  })

  it('leaves alone whoever lost nothing meanwhile', async () => {
    const { told, say } = await talking()
    proxy.become({ up: { cut: true } })
    proxy.become({})
    say('b')
    await waitFor(() => told.text === 'AB')
  })
})

describe('a proxy, when connections are refused or reset', () => {
  it('resets those there are, and those that come, until it is open again', async () => {
    const { told } = await talking()
    proxy.become({ refuse: true })
    const late = client()
    await waitFor(() => told.ended === 'ECONNRESET' && late.told.ended === 'ECONNRESET')
    expect(proxy.bites).toMatchObject({ reset: 1, refused: 1 })
    proxy.become({})
    await talking()
  })

  it('serves new ones after a reset', async () => {
    const { told } = await talking()
    proxy.reset()
    await waitFor(() => told.ended === 'ECONNRESET')
    await talking()
  })

  it('passes on that the server is not there', async () => {
    await new Promise((resolve) => server.close(resolve))
    const { told } = client()
    await waitFor(() => told.ended === 'ECONNRESET')
    server.listen(0)
  })
})

describe('a proxy, when the network is slow', () => {
  it('delivers late, in order, also what was said when the network was well again, and the end last', async () => {
    const { told, say, end } = await talking()
    proxy.become({ down: { latencyMs: 150 } })
    const since = performance.now()
    say('b')
    await waitFor(() => heard === 'ab')
    proxy.become({})
    say('c')
    end()
    await waitFor(() => told.ended === 'in order')
    expect(told.text).toBe('ABC')
    expect(performance.now() - since).toBeGreaterThan(140)
    expect(proxy.bites.slowed).toBe(1)
  })

  it('lets bytes trickle', async () => {
    const { told, say } = await talking()
    proxy.become({ down: { pieces: { bytes: 2, everyMs: 5 } } })
    say('bcdef')
    await waitFor(() => told.text === 'ABCDEF')
    expect(told.chunks).toBe(4)
  })
})

describe('a proxy, when answers are lost', () => {
  it('lets the request arrive, swallows its answer and resets the connection; so many times', async () => {
    const lost = proxy.loseAnswers(2, (request) => String(request).startsWith('post'))
    const other = await talking()
    for (const text of ['post 1', 'post 2']) {
      const { told, say } = client()
      say(text)
      await waitFor(() => told.ended === 'ECONNRESET')
      expect(told.text).toBe('')
    }
    await lost
    other.say('post 3')
    await waitFor(() => other.told.text === 'APOST 3')
    expect(heard).toBe('apost 1post 2post 3')
    expect(proxy.bites.lostAnswers).toBe(2)
  })

  it('loses no more once the weather changes', async () => {
    const lost = proxy.loseAnswers(2)
    proxy.become({})
    await lost
    await talking()
  })
})
