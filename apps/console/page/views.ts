import type { Pulse } from '../src/api-types.ts'
import type { Child } from './html.ts'
import type { Route } from './router.ts'
import { FlowView } from './views/flow/view.ts'
import { LagView } from './views/lag/view.ts'
import { LettersView } from './views/letters/view.ts'
import { OrdersView } from './views/orders/view.ts'
import { OutboxView } from './views/outbox/view.ts'
import { PlaceView } from './views/place/view.ts'
import type { Tone } from './widgets/badge.ts'
import type { IconName } from './widgets/icon.ts'

export interface ViewProps {
  readonly route: Route
}

export interface Listed {
  /** As addresses have it. */
  readonly name: string
  readonly title: string
  readonly icon: IconName
  /** `g`, then this one, leads there. */
  readonly key: string
  readonly View: (props: ViewProps) => Child
  /** What calls for somebody there. */
  readonly count?: (pulse: Pulse) => readonly [count: number, tone: Tone, of: string]
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** In the order of the navigation. */
export const views: readonly Listed[] = [
  { name: 'flow', title: 'Flow', icon: 'flow', key: 'f', View: FlowView },
  { name: 'place', title: 'Place an order', icon: 'place', key: 'p', View: PlaceView },
  { name: 'orders', title: 'Orders', icon: 'orders', key: 'o', View: OrdersView, count: ({ stuck }) => [stuck ?? 0, 'bad', 'stuck'] },
  {
    name: 'lag',
    title: 'Lag',
    icon: 'lag',
    key: 'l',
    View: LagView,
    count: ({ services }) => [services.filter(({ paused }) => paused).length, 'warn', 'paused'],
  },
  {
    ...{ name: 'letters', title: 'Dead letters', icon: 'letters', key: 'd', View: LettersView },
    count: ({ services }) => [sum(services.map((one) => one.letters?.open ?? 0)), 'bad', 'open'],
  },
  {
    ...{ name: 'outbox', title: 'Outbox', icon: 'outbox', key: 'x', View: OutboxView },
    count: ({ services }) => [sum(services.map((one) => (one.outbox?.parked ?? 0) + (one.effects?.refused ?? 0))), 'warn', 'refused'],
  },
]
