/** The window of a rate: Grafana makes it from the scrape interval and the width of the picture. */
const RATE = '$__rate_interval'

const selected = (metric: string, where?: string) => (where ? `${metric}{${where}}` : metric)

/** `sum by (…)` of a counter's rate, per second. */
export const perSecond = (metric: string, by: string, where?: string) => `sum by (${by}) (rate(${selected(metric, where)}[${RATE}]))`

/** HTTP requests that were answered, per second. */
export const requests = (by: string, where: string) => perSecond('http_server_request_duration_seconds_count', by, where)

/** Of a histogram; `metric` without `_bucket`. */
export function quantile(q: number, metric: string, { by, where, window = RATE }: { by?: string; where?: string; window?: string } = {}) {
  return `histogram_quantile(${q}, sum by (${by ? `${by}, ` : ''}le) (rate(${selected(`${metric}_bucket`, where)}[${window}])))`
}

const QUANTILES = [0.5, 0.95, 0.99]

/** The median and what is slow, of a histogram: queries with their legends. */
export const percentiles = (metric: string, where: string) => QUANTILES.map((q) => [quantile(q, metric, { where }), `p${q * 100}`] as const)

export const percentileColors = { p50: 'green', p95: 'yellow', p99: 'red' }

/** Narrows a metric to the services that are chosen on the page. */
export const chosen = 'service=~"$service"'

/** What a service reads from its database, each of its instances reads: the largest is the service's figure, a sum would count it twice. */
export const ofService = (metric: string, where?: string, by = 'service') => `max by (${by}) (${selected(metric, where)})`

/** Nothing counted yet is zero. */
export const orZero = (expr: string) => `${expr} or vector(0)`

/** Only what happens; nothing at all is a zero with a name, so that an empty panel never means "all is well". */
export const orNone = (expr: string, label: string) => `${expr} > 0 or on() label_replace(vector(0), "${label}", "none", "", "")`

/** Every chosen service, also one of which nothing answers any more: the console knows all groups by name. */
export const everyService =
  'sum by (service) (label_replace(kafka_consumergroup_members{consumergroup=~"$service"}, "service", "$1", "consumergroup", "(.+)"))'
