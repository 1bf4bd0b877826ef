import { join } from 'node:path'
import { z } from 'zod'

const dataAtHome = join(import.meta.dirname, '../../../.demo/mail')

const port = z.coerce.number().int().min(0).max(65_535)

const environment = z
  .object({
    HOST: z.string().default('127.0.0.1'),
    MAIL_SMTP_PORT: port.default(1025),
    MAIL_PORT: port.default(8025),
    MAIL_DATA: z.string().min(1).default(dataAtHome),
    LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  })
  .transform((env) => ({
    host: env.HOST,
    smtpPort: env.MAIL_SMTP_PORT,
    port: env.MAIL_PORT,
    data: env.MAIL_DATA,
    logLevel: env.LOG_LEVEL,
  }))

/** Where the mail sink takes mail, where it shows it, and where it keeps it. */
export type MailConfig = z.infer<typeof environment>

/** Reads the whole environment and names every problem at once. */
export function readConfig(env: NodeJS.ProcessEnv): MailConfig {
  const read = environment.safeParse(env)
  if (read.success) return read.data
  throw new Error(`the environment is not usable:\n${z.prettifyError(read.error)}`)
}
