import type { Session } from './api-types.ts'
import type { ConsoleConfig } from './config.ts'

type Links = Pick<ConsoleConfig, 'MAIL_LINK' | 'GRAFANA_LINK' | 'PROMETHEUS_LINK' | 'TRACES_LINK'>

/** Where else there is something to see. A trace is shown by Grafana where it has no address of its own. */
export const linksOf = ({ MAIL_LINK: mail, GRAFANA_LINK: grafana, PROMETHEUS_LINK: prometheus, TRACES_LINK }: Links): Session['links'] => ({
  ...(mail && { mail }),
  ...(grafana && { grafana, traces: explored(grafana) }),
  ...(prometheus && { prometheus }),
  ...(TRACES_LINK && { traces: TRACES_LINK }),
})

function explored(grafana: string): string {
  const query = { refId: 'A', query: '{traceId}', datasource: { uid: 'traces', type: 'jaeger' } }
  const panes = { trace: { datasource: 'traces', queries: [query], range: { from: 'now-24h', to: 'now' } } }
  const search = new URLSearchParams({ schemaVersion: '1', panes: JSON.stringify(panes) })
  return `${grafana}/explore?${search.toString().replace('%7BtraceId%7D', '{traceId}')}`
}
