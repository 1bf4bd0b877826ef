import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dashboards, directory, fileOf, textOf } from './files.ts'

/** Writes the provisioned files: `pnpm dashboards`. */
mkdirSync(directory, { recursive: true })
for (const dashboard of dashboards) {
  writeFileSync(join(directory, fileOf(dashboard)), textOf(dashboard))
  console.log(`infra/grafana/dashboards/${fileOf(dashboard)}`)
}
