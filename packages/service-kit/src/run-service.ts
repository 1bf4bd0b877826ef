import { createKafkaJs, createRuntime } from '@quadrille/messaging'
import closeWithGrace from 'close-with-grace'
import type { CommonConfig } from './config.ts'
import type { Logger } from './logging.ts'
import { createService, type Parts, type Service, type ServiceOptions } from './service.ts'

/** The real thing: kafkajs unless another is chosen, and a process that ends. */
export const shipped: Parts = { createRuntime, createKafka: createKafkaJs, onFatal: crash }

/**
 * Runs a service until SIGTERM or SIGINT: `await runService({ service: payments, config, world, migrations })`.
 * A service that cannot start, and one that can go no further, ends its process with code 1.
 */
export async function runService<State, Shared, Config extends CommonConfig>(
  options: ServiceOptions<State, Shared, Config>,
): Promise<Service<Config> & { readonly url: string }> {
  const service = await createService(options, { ...shipped, createKafka: await driverOf(options.config) })
  const { log } = service
  const url = await service.start().catch((error) => crash(error, log))
  closeWithGrace({ delay: 10_000, logger: { error: (error) => log.error({ err: error }, 'stopping failed') } }, async ({ signal, err }) => {
    if (err) log.fatal({ err }, 'nobody caught this')
    log.info({ signal }, 'stopping')
    await service.close()
    log.info('stopped')
  })
  return { ...service, url }
}

/** The second driver is loaded only where it is chosen. */
async function driverOf({ KAFKA_CLIENT }: CommonConfig): Promise<Parts['createKafka']> {
  if (KAFKA_CLIENT === 'kafkajs') return shipped.createKafka
  const { createPlatformatic } = await import('@quadrille/messaging/platformatic')
  return createPlatformatic
}

/** At once: whatever is not committed comes again, to the process that follows. */
function crash(error: unknown, log: Logger): never {
  log.fatal({ err: error }, (error as Error).message)
  process.exit(1)
}
