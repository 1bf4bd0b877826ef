// Serves the page over an invented world: node apps/console/test/fake/main.ts
import { createFakeConsole } from './server.ts'

const app = createFakeConsole({ everyMs: Number(process.env.EVERY_MS ?? 700) })
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 0) })
const address = app.server.address()
process.stdout.write(`http://127.0.0.1:${address && typeof address === 'object' ? address.port : ''}\n`)
