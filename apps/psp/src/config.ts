import { join } from 'node:path'
import { z } from 'zod'

const dataAtHome = join(import.meta.dirname, '../../../.demo/psp')

const tokenList = z.string().transform((list) =>
  list
    .split(',')
    .map((token) => token.trim())
    .filter(Boolean),
)

const environment = z
  .object({
    HOST: z.string().default('127.0.0.1'),
    PSP_PORT: z.coerce.number().int().min(0).max(65_535).default(3010),
    PSP_DATA: z.string().min(1).default(dataAtHome),
    PSP_SLOW_MS: z.coerce.number().int().min(0).default(3000),
    PSP_ACCEPT_TOKENS: tokenList.default([]),
    LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  })
  .transform((env) => ({
    host: env.HOST,
    port: env.PSP_PORT,
    data: env.PSP_DATA,
    slowMs: env.PSP_SLOW_MS,
    accept: env.PSP_ACCEPT_TOKENS,
    logLevel: env.LOG_LEVEL,
  }))

/** Where the provider listens, where it keeps its ledger, and how its switch stands at the start. */
export type PspConfig = z.infer<typeof environment>

/** Reads the whole environment and names every problem at once. */
export function readConfig(env: NodeJS.ProcessEnv): PspConfig {
  const read = environment.safeParse(env)
  if (read.success) return read.data
  throw new Error(`the environment is not usable:\n${z.prettifyError(read.error)}`)
}
