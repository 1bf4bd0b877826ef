import type { Pause } from '@quadrille/messaging'
import { services } from '@quadrille/ops'
import type { Logger } from '@quadrille/service-kit'
import { faultsOf } from './catalogue.ts'
import { createDeeds, type DeedsOptions } from './deeds.ts'
import { createKeeper } from './keeper.ts'

export interface OpenOptions extends Omit<DeedsOptions, 'fetch'> {
  readonly pause: Pause
  readonly log: Logger
}

const AGAIN_MS = 2_000

export type Breaker = ReturnType<typeof openBreak>

/** Break it, as a running console has it: nothing is broken when it begins, nor when it ends. */
export function openBreak({ pause, log, ...options }: OpenOptions) {
  const deeds = createDeeds({ ...options, fetch })
  const keeper = createKeeper({ deedOf: deeds.deedOf, pause, log })
  const ending = new AbortController()

  async function mended(mend: () => Promise<void>): Promise<void> {
    while (!ending.signal.aborted) {
      const done = await mend().then(
        () => true,
        () => false,
      )
      if (done) return
      await pause(AGAIN_MS, ending.signal).catch(() => undefined)
    }
  }
  return {
    ...keeper,
    faults: faultsOf(options.demoUrl !== undefined),
    start(): void {
      for (const mend of deeds.leftovers(services)) void mended(mend)
    },
    async stop(): Promise<void> {
      ending.abort()
      await keeper.stop()
    },
  }
}
