import { createStore, useStore } from './store.ts'

const EVERY_MS = 1_000
const now = createStore(Date.now())
setInterval(() => now.change(Date.now), EVERY_MS)

/** The time, for ages that grow before one's eyes. */
export const useNow = () => useStore(now, (at) => at)
