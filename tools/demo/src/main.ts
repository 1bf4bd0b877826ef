import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 9)) {
  console.error(
    `this is Node ${process.versions.node}, Quadrille needs 24.9 or newer: start it with "npx -y pnpm@12 demo", which brings its own`,
  )
  process.exit(1)
}

enableCompileCache(join(import.meta.dirname, '../../../.cache/node'))
const { demo } = await import('./demo.ts')
// Whatever still waits, a request to a stopped shop say, is not waited for.
process.exit(await demo(process.argv.slice(2)))
