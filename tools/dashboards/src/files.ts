import { resolve } from 'node:path'
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { consumerLag } from './consumer-lag.ts'
import { orderFlow } from './order-flow.ts'
import { outboxAndDeadLetters } from './outbox.ts'
import { services } from './services.ts'

export const dashboards = [orderFlow, consumerLag, outboxAndDeadLetters, services]

/** Where Grafana is provisioned from. */
export const directory = resolve(import.meta.dirname, '../../../infra/grafana/dashboards')

export const fileOf = ({ uid }: Dashboard) => `${uid}.json`

export const textOf = (dashboard: Dashboard) => `${JSON.stringify(dashboard, null, 2)}\n`
