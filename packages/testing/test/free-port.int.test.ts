import { createServer } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { assertPortFree, freePorts } from '../src/index.ts'

describe('free ports', () => {
  it('are never given twice, and none that a connection could take by chance', async () => {
    const ports = (await Promise.all(Array.from({ length: 100 }, () => freePorts(20)))).flat()
    expect(new Set(ports).size).toBe(2_000)
    expect(ports.filter((port) => port < 1_024 || port >= 32_768)).toEqual([])
  })

  it('can be listened on, and are missed when somebody does', async () => {
    const [port] = await freePorts(1)
    const server = createServer().listen(port, '127.0.0.1')
    await expect(assertPortFree(port!, 'Kafka')).rejects.toThrow(`port ${port} is taken, Kafka cannot listen on it`)
    await new Promise((closed) => server.close(closed))
  })
})
