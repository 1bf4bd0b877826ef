import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { scaledRules, withFixedAddresses } from './prometheus-files.ts'

const scale = { factor: 20, leastWindowMs: 4_000 }
const scaledRule = (rule: object) => {
  const text = JSON.stringify({ groups: [{ name: 'all', rules: [{ alert: 'A', ...rule }] }] })
  return parse(scaledRules(text, scale)).groups[0].rules[0]
}

describe('alert rules that are made faster', () => {
  it('hold for a shorter time', () => {
    expect(scaledRule({ expr: 'up', for: '10m' })).toEqual({ alert: 'A', expr: 'up', for: '30000ms' })
    expect(scaledRule({ expr: 'up', for: '15s' }).for).toBe('750ms')
    expect(scaledRule({ expr: 'up' })).toEqual({ alert: 'A', expr: 'up' })
  })

  it('look at shorter windows, but never at too few scrapes', () => {
    expect(scaledRule({ expr: 'rate(a[5m]) > 30' }).expr).toBe('rate(a[15000ms]) > 30')
    expect(scaledRule({ expr: 'rate(a[1m]) - a offset 1h' }).expr).toBe('rate(a[4000ms]) - a offset 180000ms')
    expect(scaledRule({ expr: 'deriv(sum(a)[2m:15s])' }).expr).toBe('deriv(sum(a)[6000ms:750ms])')
  })

  it('keep their thresholds, labels and words', () => {
    const rule = { alert: 'A', expr: 'age_seconds{service="5m"} > 30', labels: { severity: 'page' }, annotations: { summary: 'for 5m' } }
    expect(scaledRule(rule)).toEqual(rule)
  })

  it('are refused with a duration of two units, which would be left as it is', () => {
    expect(() => scaledRule({ expr: 'up', for: '1m30s' })).toThrow('"1m30s" is no duration of one unit')
  })
})

describe("Prometheus' configuration without DNS", () => {
  const text = `
    global: { scrape_interval: 5s, evaluation_interval: 5s }
    rule_files: [alerts.yml]
    scrape_configs:
      - job_name: services
        dns_sd_configs: [{ names: [orders], type: A, port: 3001 }, { names: [email], type: A, port: 3004 }]
        relabel_configs: [{ source_labels: [__meta_dns_name], target_label: service }]`
  const urls = { orders: 'http://127.0.0.1:4001', email: 'http://127.0.0.1:4002' }

  it('keeps everything else, labels included', () => {
    expect(parse(withFixedAddresses(text, { urls, rules: 'fast.yml', every: '1s' }))).toEqual({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['fast.yml'],
      scrape_configs: [
        {
          job_name: 'services',
          static_configs: [
            { targets: ['127.0.0.1:4001'], labels: { __meta_dns_name: 'orders' } },
            { targets: ['127.0.0.1:4002'], labels: { __meta_dns_name: 'email' } },
          ],
          relabel_configs: [{ source_labels: ['__meta_dns_name'], target_label: 'service' }],
        },
      ],
    })
  })

  it('leaves no name without an address', () => {
    expect(() => withFixedAddresses(text, { urls: { orders: urls.orders }, rules: 'fast.yml', every: '1s' })).toThrow(
      'where email is was not told',
    )
  })
})
