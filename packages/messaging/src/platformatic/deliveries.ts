import type { ConsumeOptions } from '../kafka.ts'
import { type Batch, type Lane, rewind } from './lane.ts'

export interface DeliveriesOptions extends Pick<ConsumeOptions, 'deliver'> {
  /** Paused, or ending. */
  readonly still: () => boolean
  /** There may be more room. */
  readonly onRoom: () => void
  readonly onBug: (error: Error) => void
}

/** Hands over what is read, one delivery at a time for each partition; what is not taken is read again. */
export class Deliveries {
  readonly #options: DeliveriesOptions
  #assignments = 0
  lanes: readonly Lane[] = []

  constructor(options: DeliveriesOptions) {
    this.#options = options
  }

  /** What was assigned is not ours any more. */
  drop() {
    this.#assignments += 1
    for (const lane of this.lanes) lane.gone = true
    this.lanes = []
  }

  /** A new assignment begins; tells whether it still is the last one. */
  renew(): () => boolean {
    this.drop()
    const mine = this.#assignments
    return () => mine === this.#assignments
  }

  add(lane: Lane, batch: Batch) {
    lane.batches.push(batch)
    if (!lane.delivering) void this.#deliver(lane)
  }

  async #deliver(lane: Lane) {
    const { still, onRoom, onBug } = this.#options
    const stale = () => lane.gone || still()
    lane.delivering = true
    try {
      for (let [batch] = lane.batches; batch && !stale(); [batch] = lane.batches) {
        if (await this.#handOver(lane, batch, stale)) lane.batches.shift()
        else rewind(lane)
      }
      if (stale()) rewind(lane)
    } catch (cause) {
      onBug(new Error(`a delivery threw: ${String(cause)}`, { cause }))
    }
    lane.delivering = false
    onRoom()
  }

  #handOver(lane: Lane, { messages }: Batch, stale: () => boolean): Promise<boolean> {
    const { topic, partition } = lane
    const heartbeat = async () => {
      if (lane.gone) throw new Error('the group rebalances') // the library keeps the membership by a timer of its own
    }
    return this.#options.deliver({ topic, partition, messages, heartbeat, stale })
  }
}
