import type { Listener, OutboxStore } from './outbox.ts'
import { createWaker, type Pause } from './waker.ts'

export interface NewsOptions {
  readonly store: Pick<OutboxStore, 'notify' | 'listen'>
  readonly pause: Pause
  readonly onHeard: () => void
  readonly onError: (error: unknown, what: string) => void
}

/** Word between the instances of a service that something was appended: whoever commits may not be the one who sends. */
export interface News {
  start(): void
  tell(): void
  stop(): Promise<void>
}

// NOTIFY takes a lock over the whole server at commit: at most 50 a second, never in an order's own transaction.
const BETWEEN_MS = 20
const LISTEN_AGAIN_MS = 3_000

/** Only a hint: what is lost here, the poll finds. */
export function createNews({ store, pause, onHeard, onError }: NewsOptions): News {
  const untold = createWaker(pause)
  const ears = createWaker(pause)
  let running = false
  let telling = false
  let more = false
  let listener: Listener | undefined
  let listening: Promise<void> | undefined

  async function keepListening() {
    while (running) {
      if (!listener?.alive) await listen()
      if (running) await ears.rest(LISTEN_AGAIN_MS)
    }
    await listener?.close()
  }

  async function listen() {
    try {
      listener = await store.listen(onHeard)
    } catch (error) {
      onError(error, 'relay cannot listen for news and polls')
    }
  }

  async function tellAll() {
    telling = true
    do {
      more = false
      await store.notify().catch((error) => onError(error, 'the active relay could not be woken'))
      await untold.rest(BETWEEN_MS)
    } while (more && running)
    telling = false
  }

  return {
    start() {
      running = true
      listening ??= keepListening()
    },
    tell() {
      more = true
      if (!telling) void tellAll()
    },
    async stop() {
      running = false
      ears.wake()
      await listening
    },
  }
}
