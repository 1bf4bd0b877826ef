import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** What the rows try: the runtime, its tables, and what kafkajs is patched for. */
const TRIED = ['packages/messaging/{src,migrations}/**/*.{ts,sql}', 'patches/*.patch']

/** Tells one state of the runtime from another, also in a clone without history. */
export function runtimeDigest(): string {
  const hash = createHash('sha256')
  for (const file of globSync(TRIED, { cwd: root }).sort()) hash.update(`${file}\n`).update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 12)
}
