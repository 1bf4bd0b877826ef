import { uuidv7 } from '@quadrille/messaging'
import { HttpProblem, unavailable } from '@quadrille/service-kit'
import type { BreakState, Broken, Fault, ServiceName } from '../api-types.ts'
import type { Kept } from './ledger.ts'
import { type Standing, type StandingOptions, stand, type Wish } from './standing.ts'

export type KeeperOptions = Omit<StandingOptions, 'ending' | 'tell' | 'now'> & Partial<Pick<StandingOptions, 'now'>>

export type Keeper = ReturnType<typeof createKeeper>

/** Keeps what is broken on purpose, and undoes each when its time is over, when it is told to, and all of it when it stops. */
export function createKeeper({ now = Date.now, ...options }: KeeperOptions) {
  const standing = new Map<string, Standing & { readonly wish: Wish; readonly over: Promise<unknown> }>()
  const lately = createLately(now)
  const ending = new AbortController()

  function hold(kept: Kept, already: boolean) {
    const { id, wish } = kept
    const one = stand(kept, { ...options, now, ending: ending.signal, tell: lately.tell }, already)
    const over = one.life.then(() => standing.delete(id))
    standing.set(id, { ...one, wish, over })
    return { begun: one.begun, over }
  }
  const those = (fault: Fault['id'], target: ServiceName | null) =>
    [...standing.values()].filter(({ wish }) => wish.fault.id === fault && wish.target === target)

  return {
    /** Resolves once it is broken, or all over where nothing is to be undone; refused while the same is broken already. */
    async begin(wish: Wish): Promise<void> {
      if (ending.signal.aborted) throw unavailable('the console is stopping')
      const [before] = those(wish.fault.id, wish.target)
      if (before) throw refused(wish.fault, before.view())
      const since = now()
      const { begun, over } = hold({ id: uuidv7(), wish, since, until: since + wish.fault.seconds * 1_000 }, false)
      await begun
      if (wish.fault.seconds === 0) await over
    },
    /** What an earlier life left: it stands until its own time is over. */
    takeOver(kept: Kept): void {
      if (!ending.signal.aborted) hold(kept, true)
    },
    /** Resolves after the first attempt; what is not undone by then is tried again. */
    async undo(fault: Fault['id'], target: ServiceName | null): Promise<void> {
      const ones = those(fault, target)
      for (const one of ones) one.undo()
      await Promise.all(ones.map(({ over, failed }) => Promise.race([over, failed])))
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
      const key = `${fault} ${target}`
      told.delete(key) // to be the last one again
      told.set(key, { fault, target, at: new Date(now()).toISOString(), words })
    },
    list: () => [...told.values()].reverse(),
  }
}

const refused = ({ title }: Fault, { by, secondsLeft }: Broken) =>
  new HttpProblem(409, 'already-broken', 'It is broken already', {
    detail: `${title}: by ${by}, for another ${secondsLeft} s; undo it first`,
  })
