import type { KafkaClient } from '../kafka-client.ts'
import type { World } from '../world.ts'

/** What is drained, by whom, and how it is checked. */
export interface Side {
  readonly words: string
  /** The file that drains, from the bench's own folder. */
  readonly worker: string
  readonly client: KafkaClient
  /** A bare producer has none. */
  readonly outbox?: OutboxName
  readonly env?: Readonly<Record<string, string>>
  /** What has to be there before its worker starts, told to it by its environment. */
  readonly provide?: (world: World) => Promise<Readonly<Record<string, string>>>
  /** While it drains, half as many events are appended as the relay sends that has nothing beside it. */
  readonly intake?: boolean
}

/** Ours with traces or without, read as rows; or ours, or another's, read from the write-ahead log. */
export type OutboxName = 'untraced' | 'traced' | LoggedOutbox
export type LoggedOutbox = 'logged' | 'theirs'

/** The slot and the publication of whatever is read from the log. */
export const LOG = 'bench'

export type Sides = Readonly<Record<string, Side>>
