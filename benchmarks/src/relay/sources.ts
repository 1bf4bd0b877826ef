import type { LedgerLine } from '../benchmark.ts'
import type { World } from '../world.ts'
import { openLoggedOutboxes } from './logged-outboxes.ts'
import { type Drain, type Filled, ledgerOf } from './outbox-ledger.ts'
import type { LoggedOutbox, OutboxName } from './side.ts'
import { copyFullOutbox, countOutbox, makeFullOutbox } from './template.ts'

/** The outboxes that are drained, full again before every slot. */
export interface Sources {
  readonly conditions: Readonly<Record<string, string | number>>
  /** The server's; without an outbox that of the one where it would be. */
  pid(outbox?: OutboxName): number
  fill(outbox: OutboxName): Promise<Filled>
  /** What has become of its rows. */
  check(outbox: OutboxName, drain: Drain): Promise<readonly LedgerLine[]>
  close(): Promise<void>
}

const isLogged = (outbox: OutboxName | undefined): outbox is LoggedOutbox => outbox === 'logged' || outbox === 'theirs'

export async function openSources(world: World, wanted: readonly OutboxName[], rows: number): Promise<Sources> {
  const names = [...new Set(wanted)]
  world.say(`filling an outbox with ${rows} events`)
  for (const name of names.filter((name) => !isLogged(name))) {
    await makeFullOutbox(world, name, { count: rows, perOrder: 5, sampled: name === 'traced' })
  }
  const logged = names.some(isLogged) ? await openLoggedOutboxes(world, rows) : undefined
  let url = ''
  return {
    conditions: logged?.conditions ?? {},
    pid: (outbox) => (isLogged(outbox) ? logged!.pid : world.postgres.pid),
    async fill(outbox) {
      if (isLogged(outbox)) return await logged!.fill(outbox)
      url = await copyFullOutbox(world, outbox)
      return { url, rows }
    },
    check: async (outbox, drain) =>
      isLogged(outbox) ? await logged!.check(outbox, drain) : ledgerOf(await countOutbox(url), rows + drain.appended, drain),
    close: async () => await logged?.close(),
  }
}
