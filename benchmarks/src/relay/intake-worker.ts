import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { makeRows, type Row } from '../records.ts'
import { serve } from '../worker.ts'
import { insertRows } from './template.ts'

/** Orders that are accepted while a relay drains: their events are made beforehand, and appended in groups at a steady rate. */
export interface Intake {
  readonly url: string
  readonly perSecond: number
  readonly slotMs: number
}

const EVERY_MS = 10

let client: Client | undefined
let ready: Row[] = []

serve({
  async prepare({ url, perSecond, slotMs }: Intake) {
    client = new Client({ connectionString: url })
    await client.connect()
    ready = [...makeRows({ count: Math.ceil((perSecond * slotMs) / 1_000), sampled: false })]
  },
  /** Gives how many were appended. */
  async append({ perSecond, slotMs }: Intake): Promise<number> {
    const begun = performance.now()
    let appended = 0
    for (let elapsed = 0; elapsed < slotMs; elapsed = performance.now() - begun) {
      const due = Math.floor((perSecond * elapsed) / 1_000)
      if (due > appended) await insertRows(client!, ready.slice(appended, due))
      appended = Math.max(appended, Math.min(due, ready.length))
      await wait(EVERY_MS)
    }
    return appended
  },
  end: () => client?.end(),
})
