import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

const migrations = new URL('../migrations/', import.meta.url)

/** The runtime's tables, as its migrations make them. */
export async function runtimeTables(): Promise<string> {
  const files = globSync('*.do.*.sql', { cwd: migrations.pathname })
  const texts = files.sort().map((file) => readFile(new URL(file, migrations), 'utf8'))
  return (await Promise.all(texts)).join('\n')
}
