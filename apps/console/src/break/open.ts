import type { Pause, Trx } from '@quadrille/messaging'
import { type Logger, unavailable } from '@quadrille/service-kit'
import { faultsOf } from './catalogue.ts'
import { createDeeds, type DeedsOptions } from './deeds.ts'
import { createKeeper } from './keeper.ts'
import { createLedger } from './ledger.ts'
import type { Wish } from './standing.ts'

export interface OpenOptions extends Omit<DeedsOptions, 'fetch'> {
  /** The console's own database: what is broken is kept there. */
  readonly trx: Pick<Trx, 'query'>
  readonly pause: Pause
  readonly log: Logger
}

const AGAIN_MS = 500

export type Breaker = ReturnType<typeof openBreak>

/** Break it, as a running console has it: it begins with what an earlier life left broken, and nothing is broken when it ends. */
export function openBreak({ trx, pause, log, ...options }: OpenOptions) {
  const ledger = createLedger(trx)
  const keeper = createKeeper({ deedOf: createDeeds({ ...options, fetch }), ledger, pause, log })
  const ending = new AbortController()
  let isKnown = false

  /** As soon as there is a database. */
  async function takeOver(): Promise<void> {
    while (!isKnown && !ending.signal.aborted) {
      const left = await ledger.kept().catch(() => undefined)
      for (const one of left ?? []) {
        log.warn({ fault: one.wish.fault.id, target: one.wish.target, by: one.wish.by }, 'broken on purpose by an earlier life')
        keeper.takeOver(one)
      }
      isKnown = left !== undefined
      if (!isKnown) await pause(AGAIN_MS, ending.signal).catch(() => undefined)
    }
  }
  return {
    ...keeper,
    faults: faultsOf(options.demoUrl !== undefined),
    async begin(wish: Wish): Promise<void> {
      if (!isKnown) throw unavailable('what an earlier life has broken is not known: the console’s database does not answer')
      await keeper.begin(wish)
    },
    start: () => void takeOver(),
    async stop(): Promise<void> {
      ending.abort()
      await keeper.stop()
    },
  }
}
