import { HttpProblem, unavailable } from '@quadrille/service-kit'
import type { BreakState, Broken, Fault, ServiceName } from '../api-types.ts'
import { type Standing, type StandingOptions, stand, type Wish } from './standing.ts'

export type KeeperOptions = Omit<StandingOptions, 'ending' | 'tell' | 'now'> & Partial<Pick<StandingOptions, 'now'>>

export type Keeper = ReturnType<typeof createKeeper>

/** Keeps what is broken on purpose, and undoes each when its time is over, when it is told to, and all of it when it stops. */
export function createKeeper({ now = Date.now, ...options }: KeeperOptions) {
  const standing = new Map<string, Standing & { readonly over: Promise<unknown> }>()
  const lately = createLately(now)
  const ending = new AbortController()
  return {
    /** Resolves once it is broken, or all over where nothing is to be undone; refused while the same is broken already. */
    async begin(wish: Wish): Promise<void> {
      if (ending.signal.aborted) throw unavailable('the console is stopping')
      const key = nameOf(wish.fault.id, wish.target)
      const before = standing.get(key)
      if (before) throw refused(wish.fault, before.view())
      const one = stand(wish, { ...options, now, ending: ending.signal, tell: lately.tell })
      const over = one.life.then(() => standing.delete(key))
      standing.set(key, { ...one, over })
      await one.begun
      if (wish.fault.seconds === 0) await over
    },
    /** Resolves after the first attempt; what is not undone by then is tried again. */
    async undo(fault: Fault['id'], target: ServiceName | null): Promise<void> {
      const one = standing.get(nameOf(fault, target))
      one?.undo()
      await (one && Promise.race([one.over, one.failed]))
    },
    async stop(): Promise<void> {
      ending.abort()
      await Promise.all([...standing.values()].map(({ over }) => over))
    },
    standing: () => [...standing.values()].map((one) => one.view()),
    lately: lately.list,
  }
}

/** What the last of each came to. */
function createLately(now: () => number) {
  const told = new Map<string, BreakState['lately'][number]>()
  return {
    tell({ fault: { id: fault }, target }: Wish, words: string): void {
      const key = nameOf(fault, target)
      told.delete(key) // to be the last one again
      told.set(key, { fault, target, at: new Date(now()).toISOString(), words })
    },
    list: () => [...told.values()].reverse(),
  }
}

const nameOf = (fault: string, target: string | null) => `${fault} ${target}`

const refused = ({ title }: Fault, { by, secondsLeft }: Broken) =>
  new HttpProblem(409, 'already-broken', 'It is broken already', {
    detail: `${title}: by ${by}, for another ${secondsLeft} s; undo it first`,
  })
