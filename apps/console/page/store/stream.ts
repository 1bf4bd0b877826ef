import type { ChangedOrders, Pulse } from '../../src/api-types.ts'
import { lost, nothingYet, opened, withOrders, withPulse } from './live.ts'
import { createStore, useStore } from './store.ts'

/** What is going on, as the console tells it without being asked. */
export const live = createStore(nothingYet)

export const useLive = <Part>(pick: (state: ReturnType<typeof live.get>) => Part): Part => useStore(live, pick)
export const usePulse = () => useLive(({ pulse }) => pulse)

const listeners = new Set<(change: ChangedOrders) => void>()

/** Every change of an order, and not only what the store still holds at the next frame. */
export function onOrders(heard: (change: ChangedOrders) => void): () => void {
  listeners.add(heard)
  return () => listeners.delete(heard)
}

// The browser connects again by itself after `retry`, except after an answer that is no stream: then we do.
const AGAIN_MS = 2_000

export function listen(): void {
  const stream = new EventSource('/api/stream')
  stream.onopen = () => live.change(opened)
  stream.onerror = () => {
    live.change(lost)
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN_MS)
  }
  on<Pulse>(stream, 'pulse', (pulse) => live.change((now) => withPulse(now, pulse)))
  on<ChangedOrders>(stream, 'orders', (change) => {
    live.change((now) => withOrders(now, change))
    for (const heard of listeners) heard(change)
  })
}

function on<Data>(stream: EventSource, name: string, heard: (data: Data) => void): void {
  stream.addEventListener(name, ({ data }: MessageEvent<string>) => heard(JSON.parse(data) as Data))
}
