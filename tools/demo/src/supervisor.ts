import { setTimeout as pause } from 'node:timers/promises'
import type { Exit } from '@quadrille/testing/servers'

/** A program that is up. */
export interface Running {
  readonly exited: Promise<Exit>
  tail(): string
  kill(signal?: NodeJS.Signals): unknown
  stop(): Promise<unknown>
}

/** Something that must stay up. `start` resolves when it is ready; a start that is not wanted any more may reject. */
export interface Part {
  readonly name: string
  /** Failed starts before the first good one that end it all: 3, or 1 where a failure has a plain reason and a remedy. */
  readonly firstTries?: number
  start(unwanted: AbortSignal): Promise<Running>
}

export type Supervisor = ReturnType<typeof supervise>

export interface SupervisorOptions {
  readonly note: (text: string) => void
  /** An end sooner than this after the start is a quick one. */
  readonly quickMs?: number
  /** Waits before the first, second, … start after an end; the last one goes on for ever. */
  readonly waits?: readonly number[]
}

const TAIL_LINES = 8

/** Starts a part, and again whenever it ends: at once after a long life, slower and slower after quick ends in a row. */
export function supervise(part: Part, { note, quickMs = 10_000, waits = [100, 1_000, 3_000, 10_000] }: SupervisorOptions) {
  const stopping = new AbortController()
  let held: PromiseWithResolvers<void> | undefined
  const lives = createLives(part, { note, stopping: stopping.signal, isHeld: () => held !== undefined })

  async function keepUp(): Promise<void> {
    for (let quick = 0; !stopping.signal.aborted; ) {
      if (held) await held.promise
      if (stopping.signal.aborted) return
      const startedAt = performance.now()
      const how = await lives.once()
      if (stopping.signal.aborted) return
      if (held) {
        note(`${part.name} is stopped on purpose`)
        quick = 0
        continue
      }
      quick = performance.now() - startedAt < quickMs ? quick + 1 : 1
      if (quick >= (part.firstTries ?? 3) && !lives.wasUp()) return lives.up.reject(new Error(how))
      const wait = waits[Math.min(quick, waits.length) - 1]!
      note(`${how}\n  ${againWords(wait, quick)}`)
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  function release(): void {
    held?.resolve()
    held = undefined
  }

  const ended = keepUp()
  return {
    name: part.name,
    /** Resolves when it is ready for the first time; rejects when it is given up before. */
    up: lives.up.promise,
    async stop(): Promise<void> {
      stopping.abort()
      release()
      await lives.running()?.stop()
      await ended
    },
    /** Stops it, and starts it again only when it is released. */
    async hold(): Promise<void> {
      held ??= Promise.withResolvers()
      await lives.running()?.stop()
    },
    release,
    kill: (signal?: NodeJS.Signals) => lives.running()?.kill(signal),
  }
}

interface LivesOptions extends Pick<SupervisorOptions, 'note'> {
  readonly stopping: AbortSignal
  readonly isHeld: () => boolean
}

/** One life of a part after another, and the one that it has now. */
function createLives(part: Part, { note, stopping, isHeld }: LivesOptions) {
  const up = Promise.withResolvers<void>()
  let running: Running | undefined
  let wasUp = false
  up.promise.catch(() => {}) // whoever does not wait for it reads the notes
  return {
    up,
    wasUp: () => wasUp,
    running: () => running,
    /** Starts at once; tells how it ended, or why it did not begin. */
    async once(): Promise<string> {
      try {
        running = await part.start(stopping)
        if (stopping.aborted || isHeld()) await running.stop()
        else if (wasUp) note(`${part.name} is up again`)
        wasUp = true
        up.resolve()
        const { code, signal } = await running.exited
        return `${part.name} ended (${signal ?? `exit code ${code}`})${signal ? '' : lastLines(running.tail())}`
      } catch (error) {
        return `${part.name} did not start${lastLines((error as Error).message)}`
      } finally {
        running = undefined
      }
    },
  }
}

const againWords = (wait: number, quick: number) =>
  `it is started again${wait > 500 ? ` in ${wait / 1000} s` : ''}${quick >= 3 ? `, after ${quick} quick ends in a row` : ''}`

function lastLines(text: string): string {
  const lines = text.trim().split('\n').slice(-TAIL_LINES).map(plain)
  if (lines.length === 1) return lines[0] ? `: ${lines[0]}` : ''
  return `:\n${lines.map((line) => `    ${line}`).join('\n')}`
}

/** Our programs log JSON; a person wants the message. */
function plain(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } }
    return [msg, err?.message].filter(Boolean).join(': ') || line
  } catch {
    return line
  }
}
