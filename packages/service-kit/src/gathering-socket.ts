import { Socket } from 'node:net'

/**
 * A socket that sends what is written before the next microtask with one system call: the nine of a small set and its relaying were a fifth
 * of a service's time. Under TLS it gathers nothing.
 */
export function gatheringSocket(): Socket {
  const socket = new Socket()
  const write = socket.write.bind(socket) as (...written: unknown[]) => boolean
  let gathering = false

  function sendBehindThisTurn() {
    gathering = true
    socket.cork()
    queueMicrotask(() => {
      gathering = false
      socket.uncork()
    })
  }

  // Not before: connecting puts Node's own `write` back.
  return socket.once('connect', () => {
    socket.write = (...written: unknown[]) => {
      if (!gathering) sendBehindThisTurn()
      return write(...written)
    }
  })
}
