import type { ServerResponse } from 'node:http'

const HEARTBEAT_MS = 15_000
const RETRY_MS = 1_000
// Who does not read what comes has gone to sleep: closed, and it comes again by itself.
const MOST_UNREAD = 1_000_000

/** Those who look at the page, by server-sent events. */
export function createViewers() {
  const viewers = new Set<ServerResponse>()
  let id = 0
  const heartbeat = setInterval(() => tell(': still here\n\n'), HEARTBEAT_MS)

  const eventOf = (event: string, data: unknown) => `id: ${++id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
  function tell(text: string) {
    for (const viewer of viewers) {
      if (viewer.writableLength > MOST_UNREAD) viewer.destroy()
      if (viewer.destroyed) viewers.delete(viewer)
      else viewer.write(text)
    }
  }
  return {
    get size() {
      return viewers.size
    },
    add(viewer: ServerResponse, first: unknown): void {
      if (viewer.destroyed) return // it left while the first pulse was made, and no close will come any more
      viewer.on('close', () => viewers.delete(viewer)).on('error', () => viewers.delete(viewer))
      viewers.add(viewer)
      viewer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      viewer.write(`retry: ${RETRY_MS}\n\n${eventOf('pulse', first)}`)
    },
    say: (event: string, data: unknown): void => tell(eventOf(event, data)),
    close(): void {
      clearInterval(heartbeat)
      for (const viewer of viewers) viewer.end()
    },
  }
}
