/** The window of a rate: Grafana makes it from the scrape interval and the width of the picture. */
const RATE = '$__rate_interval'

const selected = (metric: string, where?: string) => (where ? `${metric}{${where}}` : metric)

/** `sum by (…)` of a counter's rate, per second. */
export const perSecond = (metric: string, by: string, where?: string) => `sum by (${by}) (rate(${selected(metric, where)}[${RATE}]))`

/** How much a counter grew over the time shown. */
export const grown = (metric: string, by: string, where?: string) => `sum by (${by}) (increase(${selected(metric, where)}[$__range]))`

/** Of a histogram; `metric` without `_bucket`. */
export function quantile(q: number, metric: string, { by, where, window = RATE }: { by?: string; where?: string; window?: string } = {}) {
  return `histogram_quantile(${q}, sum by (${by ? `${by}, ` : ''}le) (rate(${selected(`${metric}_bucket`, where)}[${window}])))`
}

/** What a service reads from its database, each of its instances reads: the largest is the service's figure, a sum would count it twice. */
export const ofService = (metric: string, where?: string, by = 'service') => `max by (${by}) (${selected(metric, where)})`

/** Nothing counted yet is zero. */
export const orZero = (expr: string) => `${expr} or vector(0)`

/** Nothing counted yet is a zero with a name, as long as there is nothing else. */
export const orNone = (expr: string, label: string) => `${expr} or on() label_replace(vector(0), "${label}", "none", "", "")`
