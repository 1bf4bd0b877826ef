import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** What a service can speak to Kafka with: `KAFKA_CLIENT`. */
export type Driver = 'kafkajs' | 'platformatic'

/** What the rows try: the runtime, its tables, and what kafkajs is patched for. */
const TRIED = ['packages/messaging/{src,migrations}/**/*.{ts,sql}', 'patches/*.patch']

/** Loaded by nobody who has not chosen it. */
const SECOND = 'packages/messaging/src/platformatic/'

/** Tells one state of the runtime from another, also in a clone without history. */
export function runtimeDigest(driver: Driver = 'kafkajs'): string {
  const hash = createHash('sha256')
  const tried = globSync(TRIED, { cwd: root }).filter((file) => driver === 'platformatic' || !file.startsWith(SECOND))
  for (const file of tried.sort()) hash.update(`${file}\n`).update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 12)
}
