import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { assertPortFree, freePorts } from '../src/index.ts'

describe('free ports', () => {
  it('are never given twice, and none that a connection could take by chance', async () => {
    const ports = (await Promise.all(Array.from({ length: 100 }, () => freePorts(4)))).flat()
    expect(new Set(ports).size).toBe(400)
    expect(ports.filter((port) => port < 1_024 || port >= 32_768)).toEqual([])
  })

  it('are not given to two processes', async () => {
    const script = `import { freePorts } from '${join(import.meta.dirname, '../src/free-port.ts')}'; console.log(JSON.stringify(await freePorts(100)))`
    const processes = Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]))
    const ports = (await Promise.all(processes)).flatMap(({ stdout }) => JSON.parse(stdout) as number[])
    expect(new Set(ports).size).toBe(400)
  })

  it('can be listened on, and are missed when somebody does', async () => {
    const [port] = await freePorts(1)
    const server = createServer().listen(port, '127.0.0.1')
    await expect(assertPortFree(port!, 'Kafka')).rejects.toThrow(`port ${port} is taken, Kafka cannot listen on it`)
    await new Promise((closed) => server.close(closed))
  })
})
