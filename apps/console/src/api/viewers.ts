import type { ServerResponse } from 'node:http'

const HEARTBEAT_MS = 15_000
const RETRY_MS = 1_000
// Who does not read what comes has gone to sleep: closed, and it comes again by itself.
const MOST_UNREAD = 1_000_000

/** Those who look at the page, by server-sent events. */
export function createViewers() {
  const viewers = new Set<ServerResponse>()
  let id = 0
  const heartbeat = setInterval(() => {
    for (const viewer of viewers) viewer.write(': still here\n\n')
  }, HEARTBEAT_MS)

  const eventOf = (event: string, data: unknown) => `id: ${++id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
  return {
    get size() {
      return viewers.size
    },
    add(viewer: ServerResponse, first: unknown): void {
      viewer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      viewer.write(`retry: ${RETRY_MS}\n\n${eventOf('pulse', first)}`)
      viewer.on('close', () => viewers.delete(viewer)).on('error', () => viewers.delete(viewer))
      viewers.add(viewer)
    },
    say(event: string, data: unknown): void {
      const text = eventOf(event, data)
      for (const viewer of viewers) {
        if (viewer.writableLength > MOST_UNREAD) viewer.destroy()
        else viewer.write(text)
      }
    },
    close(): void {
      clearInterval(heartbeat)
      for (const viewer of viewers) viewer.end()
    },
  }
}
