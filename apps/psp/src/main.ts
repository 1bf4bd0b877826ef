import { createPsp } from './app.ts'
import { type PspConfig, readConfig } from './config.ts'

function explain(error: NodeJS.ErrnoException, { port }: PspConfig): string {
  return error.code === 'EADDRINUSE' ? `port ${port} is taken: set PSP_PORT to another one` : `the provider cannot start: ${error.message}`
}

const config = readConfig(process.env)
const app = await createPsp(config)

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  // Whatever was answered is on disk, so a stop that hangs can be cut short.
  process.once(signal, () => {
    setTimeout(() => process.exit(0), 1500).unref()
    app.close().catch((error: unknown) => app.log.error({ err: error }, 'stopped with a failure'))
  })
}

await app.listen({ host: config.host, port: config.port }).catch(async (error: NodeJS.ErrnoException) => {
  app.log.fatal(explain(error, config))
  process.exitCode = 1
  await app.close()
})
