import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

export interface Metric {
  readonly name: string
  readonly type: string
  readonly labels: readonly string[]
}

export interface Exposed extends Metric {
  readonly values: readonly string[]
  readonly series: number
}

/** What a service's `/metrics` says: a histogram is one metric, and `le` no label. */
export function exposed(text: string): Exposed[] {
  const lines = text.split('\n')
  return lines.flatMap((line) => {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (!name || !type) return []
    const label = /(\w+)="((?:[^"\\]|\\.)*)"/g
    const own = lines.filter(
      (sample) => sample.replace(/[{ ].*/, '').replace(/_(bucket|sum|count)$/, type === 'histogram' ? '' : '$&') === name,
    )
    const pairs = own.flatMap((sample) => [...sample.matchAll(label)]).filter(([, key]) => key !== 'le')
    return [
      { name, type, labels: unique(pairs.map(([, key]) => key!)), values: unique(pairs.map(([, , value]) => value!)), series: own.length },
    ]
  })
}

/** The tables of `docs/telemetry.md`; `always` unless a metric is marked as one that appears with its first value. */
export async function documented(): Promise<(Metric & { readonly always: boolean })[]> {
  const page = await readFile(resolve(import.meta.dirname, '../../docs/telemetry.md'), 'utf8')
  return page.split('\n').flatMap((line) => {
    const [, name, mark, type, labels] = /^\| `(\w+)`( †)? \| (counter|gauge|histogram) \| ([^|]*)\|/.exec(line) ?? []
    if (!name || !type) return []
    return [{ name, type, labels: [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label!), always: !mark }]
  })
}

const unique = (words: readonly string[]) => [...new Set(words)].sort()
