import { commonConfig, milliseconds } from '@quadrille/service-kit'
import { z } from 'zod'

const { PORT, HOST, KAFKA_BROKERS, LOG_LEVEL, DATABASE_URL, OPS_TOKEN, OPS_READ_TOKEN } = commonConfig({ service: 'console', port: 3000 })

const link = z.url({ protocol: /^https?$/, error: 'must be a URL' }).optional()
const switched = z
  .enum(['true', 'false'])
  .default('false')
  .transform((word) => word === 'true')

export const consoleConfig = z.object({
  ...{ PORT, HOST, KAFKA_BROKERS, LOG_LEVEL, DATABASE_URL, OPS_TOKEN, OPS_READ_TOKEN },
  LAG_POLL_MS: milliseconds(2_000),
  /** Where the services listen, if not at the demo's ports. */
  ORDERS_URL: link,
  PAYMENTS_URL: link,
  WAREHOUSE_URL: link,
  LOYALTY_URL: link,
  EMAIL_URL: link,
  /** Gives `OPS_TOKEN` to a browser on this machine: for a demo alone. */
  CONSOLE_HANDS_OVER_TOKEN: switched.meta({ example: 'true' }),
  /** Names under which it may be reached, besides localhost, `console` and any address. */
  CONSOLE_HOSTS: z
    .string()
    .transform((list) => list.split(',').map((name) => name.trim()))
    .pipe(z.array(z.string().regex(/^[\w.-]+$/, 'must be names without port')))
    .default([])
    .meta({ example: 'console.example.com,shop.internal' }),
  /** For a demo alone: the page breaks things on purpose, by the switches of provider and mail server, and by the demo itself. */
  BREAK_IT: switched.meta({ example: 'true' }),
  PSP_URL: link.default('http://127.0.0.1:3010'),
  MAIL_URL: link.default('http://127.0.0.1:8025'),
  DEMO_CONTROL_URL: link,
  /** Where a browser finds the console itself, if not at localhost and `PORT`. */
  CONSOLE_LINK: link,
  /** Addresses for the browser, where there is such a thing. */
  MAIL_LINK: link,
  GRAFANA_LINK: link,
  PROMETHEUS_LINK: link,
  /** With `{traceId}` in it. */
  TRACES_LINK: z
    .string()
    .regex(/^https?:\/\/.*\{traceId\}/, 'must be a URL with {traceId} in it')
    .optional(),
})
export type ConsoleConfig = z.output<typeof consoleConfig>
