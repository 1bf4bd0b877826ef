// What may stand before a bracket, or beside a metric, without being one.
const words = /^(by|on|or|and|unless|bool|ignoring|without|group_left|group_right|sum|max|min|count|topk|le)$/

/** Names of the metrics that a PromQL expression reads. */
export function metricsOf(expr: string): string[] {
  const bare = expr
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replace(/\b(by|on|ignoring|without|group_left|group_right) ?\([^)]*\)/g, ' ')
  const names = bare.match(/\b[a-z_][a-z0-9_]*\b(?! ?\()/g) ?? []
  return [...new Set(names.filter((name) => !words.test(name)))]
}

export interface Matcher {
  readonly metric: string
  readonly label: string
  readonly operator: string
  readonly value: string
}

/** What a PromQL expression asks of the labels of each metric: `metric{label="value"}`. */
export const matchersOf = (expr: string): Matcher[] =>
  [...expr.matchAll(/(\w+)\{([^}]*)\}/g)].flatMap(([, metric, asked]) =>
    [...asked!.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)].map(([, label, operator, value]) => ({
      metric: metric!,
      label: label!,
      operator: operator!,
      value: value!,
    })),
  )
