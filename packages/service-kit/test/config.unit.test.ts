import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { commonConfig, readConfig, showConfig } from '../src/config.ts'

const schema = z.object({
  ...commonConfig({ service: 'payments', port: 3002 }),
  PSP_KEY: z.string().meta({ secret: true, example: 'sk_test' }),
})

describe('configuration, when read', () => {
  it('needs nothing but what has no safe default', () => {
    const config = readConfig(schema, { PSP_KEY: 'sk', OPS_TOKEN: '', HOME: '/root' })
    expect(config).toMatchObject({ PORT: 3002, HOST: '127.0.0.1', KAFKA_BROKERS: ['127.0.0.1:9092'], OUTBOX_LIMIT: 2_000_000 })
    expect(config.DATABASE_URL).toBe('postgres://payments:payments@127.0.0.1:15432/payments')
    expect(config.OPS_TOKEN).toBeUndefined()
    expect(config).not.toHaveProperty('HOME')
  })

  it('reads numbers and lists', () => {
    const config = readConfig(schema, { PSP_KEY: 'sk', PORT: '0', KAFKA_BROKERS: 'a:9092, b:9093' })
    expect(config).toMatchObject({ PORT: 0, KAFKA_BROKERS: ['a:9092', 'b:9093'] })
  })

  it('names the two drivers of Kafka where a third is asked for', () => {
    expect(readConfig(schema, { PSP_KEY: 'sk' }).KAFKA_CLIENT).toBe('kafkajs')
    expect(readConfig(schema, { PSP_KEY: 'sk', KAFKA_CLIENT: 'platformatic' }).KAFKA_CLIENT).toBe('platformatic')
    expect(() => readConfig(schema, { PSP_KEY: 'sk', KAFKA_CLIENT: 'librdkafka' })).toThrow(
      'KAFKA_CLIENT Invalid option: expected one of "kafkajs"|"platformatic", for example KAFKA_CLIENT=kafkajs',
    )
  })

  it('lists every problem at once, by name, with an example', () => {
    const wrong = { PORT: 'eighty', DATABASE_URL: 'localhost', KAFKA_BROKERS: 'kafka', OPS_TOKEN: 'short', LOG_LEVEL: 'loud' }
    expect(() => readConfig(schema, wrong)).toThrow(
      [
        'the configuration is wrong:',
        '  PORT must be a whole number, for example PORT=3002',
        '  DATABASE_URL must be a URL, for example DATABASE_URL=postgres://user:password@127.0.0.1:15432/name',
        '  KAFKA_BROKERS must be host:port, for example KAFKA_BROKERS=127.0.0.1:9092,127.0.0.1:9093',
        '  OPS_TOKEN must have at least 8 characters, for example OPS_TOKEN=a-long-random-word',
        '  LOG_LEVEL Invalid option: expected one of "trace"|"debug"|"info"|"warn"|"error"|"fatal"|"silent", for example LOG_LEVEL=info',
        '  PSP_KEY is missing, for example PSP_KEY=sk_test',
      ].join('\n'),
    )
  })
})

describe('configuration, when it would forget what can still come back', () => {
  const read = (env: Record<string, string>) => () => readConfig(schema, { PSP_KEY: 'sk', ...env })

  it('keeps 45 days > 30 days + 7 days unless told otherwise', () => {
    expect(read({})()).toMatchObject({ RETENTION_INBOX_DAYS: 45, RETENTION_OUTBOX_DAYS: 30 })
    expect(read({ RETENTION_INBOX_DAYS: '38' })).not.toThrow()
    expect(read({ RETENTION_INBOX_DAYS: '16', RETENTION_OUTBOX_DAYS: '8' })).not.toThrow()
  })

  it('refuses an inbox that does not outlast the outbox and the topics', () => {
    expect(read({ RETENTION_INBOX_DAYS: '37' })).toThrow(
      "RETENTION_INBOX_DAYS=37 must be at least 38: RETENTION_OUTBOX_DAYS=30 and the topics' 7 days, or a replay is handled twice",
    )
    expect(read({ RETENTION_OUTBOX_DAYS: '60' })).toThrow(/RETENTION_INBOX_DAYS=45 must be at least 68: RETENTION_OUTBOX_DAYS=60/)
  })

  it('refuses an outbox that does not outlast the topics', () => {
    expect(read({ RETENTION_OUTBOX_DAYS: '7' })).toThrow(
      'RETENTION_OUTBOX_DAYS=7 must be at least 8: the outbox outlasts the topics, which keep 7 days',
    )
  })
})

describe('configuration, when whoever looks could change everything', () => {
  it('is refused', () => {
    const tokens = { PSP_KEY: 'sk', OPS_TOKEN: 'open-sesame', OPS_READ_TOKEN: 'open-sesame' }
    expect(() => readConfig(schema, tokens)).toThrow('OPS_READ_TOKEN must be another than OPS_TOKEN')
    expect(readConfig(schema, { ...tokens, OPS_READ_TOKEN: 'only-a-look' })).toMatchObject({ OPS_READ_TOKEN: 'only-a-look' })
  })
})

describe('configuration, when shown', () => {
  it('masks secrets and passwords', () => {
    const env = { PSP_KEY: 'sk_live', OPS_TOKEN: 'open-sesame', DATABASE_URL: 'postgres://payments:pa@ss@db/payments' }
    const text = showConfig(schema, readConfig(schema, env))
    expect(text).not.toMatch(/sk_live|open-sesame|pa@ss/)
    expect(text).toContain('DATABASE_URL=postgres://payments:***@db/payments')
    expect(text).toContain('OPS_TOKEN=***')
    expect(text).toContain('KAFKA_BROKERS=127.0.0.1:9092')
  })
})
