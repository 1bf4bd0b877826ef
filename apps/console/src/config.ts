import { commonConfig, milliseconds } from '@quadrille/service-kit'
import { z } from 'zod'

const { PORT, HOST, KAFKA_BROKERS, LOG_LEVEL } = commonConfig({ service: 'console', port: 3000 })

export const consoleConfig = z.object({ PORT, HOST, KAFKA_BROKERS, LOG_LEVEL, LAG_POLL_MS: milliseconds(2_000) })
