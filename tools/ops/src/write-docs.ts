import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commands } from './commands/index.ts'
import { page } from './help.ts'

writeFileSync(join(import.meta.dirname, '../../../docs/ops.md'), page(commands))
