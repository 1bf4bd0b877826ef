import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from './worker.ts'

/** An OpenTelemetry collector that takes everything and keeps nothing: what telemetry costs the sender is in the figures, what a store costs is not. */
const server = createServer((request, response) => {
  request.resume().once('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
})

serve({
  listen: () =>
    new Promise<string>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
    }),
})
