import { parse, stringify } from 'yaml'

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

export interface Scale {
  /** How much sooner everything happens. */
  readonly factor: number
  /** No window gets shorter: a rate needs several scrapes. */
  readonly leastWindowMs: number
}

interface Rule {
  alert: string
  expr: string
  for?: string
}
interface Rules {
  groups: { rules: Rule[] }[]
}

/** The same alerts, sooner: what each waits for and the windows it looks at are shorter. Thresholds stay as they are, also those in seconds. */
export function scaledRules(text: string, scale: Scale): string {
  const rules = parse(text) as Rules
  for (const rule of rules.groups.flatMap((group) => group.rules)) {
    if (rule.for !== undefined) rule.for = scaled(rule.for, { ...scale, leastWindowMs: 0 })
    rule.expr = rule.expr
      .replace(/\[(\w+)\]/g, (_, window) => `[${scaled(window, scale)}]`)
      .replace(/\[(\w+):(\w+)\]/g, (_, window, step) => `[${scaled(window, scale)}:${scaled(step, { ...scale, leastWindowMs: 0 })}]`)
      .replace(/\boffset (\w+)/g, (_, past) => `offset ${scaled(past, scale)}`)
  }
  return stringify(rules)
}

function scaled(duration: string, { factor, leastWindowMs }: Scale): string {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? []
  if (unit === undefined) throw new Error(`"${duration}" is no duration of one unit`)
  return `${Math.round(Math.max(leastWindowMs, (Number(amount) * UNIT_MS[unit]!) / factor))}ms`
}

interface Job {
  dns_sd_configs?: { names: string[] }[]
  static_configs?: { targets: string[]; labels: Record<string, string> }[]
}
interface Config {
  global: { scrape_interval: string; evaluation_interval: string }
  rule_files: string[]
  scrape_configs: Job[]
}

export interface Places {
  /** Where each name is, that DNS would tell. */
  readonly urls: Readonly<Record<string, string>>
  readonly rules: string
  readonly every: string
}

/** The same configuration where no DNS knows our names: each is at a fixed address, and carries the label that DNS would have given it. */
export function withFixedAddresses(text: string, { urls, rules, every }: Places): string {
  const config = parse(text) as Config
  config.global = { scrape_interval: every, evaluation_interval: every }
  config.rule_files = [rules]
  for (const job of config.scrape_configs) {
    const names = job.dns_sd_configs?.flatMap((found) => found.names) ?? []
    job.static_configs = names.map((name) => ({ targets: [addressOf(urls, name)], labels: { __meta_dns_name: name } }))
    delete job.dns_sd_configs
  }
  return stringify(config)
}

function addressOf(urls: Places['urls'], name: string): string {
  const url = urls[name]
  if (url === undefined) throw new Error(`where ${name} is was not told`)
  return new URL(url).host
}
