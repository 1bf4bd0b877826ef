import type { Pulse } from '../src/api-types.ts'
import type { Child } from './html.ts'
import type { Route } from './router.ts'
import { causesOf } from './views/letters/causes.ts'
import type { Tone } from './widgets/badge.ts'
import type { IconName } from './widgets/icon.ts'

export interface ViewProps {
  readonly route: Route
}

export type View = (props: ViewProps) => Child

export interface Listed {
  /** As addresses have it. */
  readonly name: string
  readonly title: string
  /** Where there is little room. */
  readonly short?: string
  readonly icon: IconName
  /** `g`, then this one, leads there. */
  readonly key: string
  /** Read when it is first shown: a view that cannot be read takes no other one with it. */
  readonly load: () => Promise<View>
  /** Only where things may be broken on purpose. */
  readonly breaks?: true
  /** What calls for somebody there. */
  readonly count?: (pulse: Pulse) => readonly [count: number, tone: Tone, of: string]
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** In the order of the navigation. */
export const views: readonly Listed[] = [
  { name: 'flow', title: 'Flow', icon: 'flow', key: 'f', load: async () => (await import('./views/flow/view.ts')).FlowView },
  {
    ...{ name: 'place', title: 'Place an order', short: 'Place', icon: 'place', key: 'p' },
    load: async () => (await import('./views/place/view.ts')).PlaceView,
  },
  {
    ...{ name: 'orders', title: 'Orders', icon: 'orders', key: 'o' },
    load: async () => (await import('./views/orders/view.ts')).OrdersView,
    count: ({ stuck }) => [stuck ?? 0, 'bad', 'stuck'],
  },
  {
    ...{ name: 'lag', title: 'Lag', icon: 'lag', key: 'l' },
    load: async () => (await import('./views/lag/view.ts')).LagView,
    count: ({ services }) => [services.filter(({ paused }) => paused).length, 'warn', 'paused'],
  },
  {
    ...{ name: 'letters', title: 'Dead letters', short: 'Letters', icon: 'letters', key: 'd' },
    load: async () => (await import('./views/letters/view.ts')).LettersView,
    count: ({ services }) => [sum(services.map(({ letters }) => causesOf(letters))), 'bad', 'open'],
  },
  {
    ...{ name: 'outbox', title: 'Outbox', icon: 'outbox', key: 'x' },
    load: async () => (await import('./views/outbox/view.ts')).OutboxView,
    count: ({ services }) => [sum(services.map((one) => (one.outbox?.parked ?? 0) + (one.effects?.refused ?? 0))), 'warn', 'refused'],
  },
  {
    ...{ name: 'contracts', title: 'Contracts', icon: 'contracts', key: 'c' },
    load: async () => (await import('./views/contracts/view.ts')).ContractsView,
  },
  {
    ...{ name: 'break', title: 'Break it', short: 'Break', icon: 'break', key: 'b', breaks: true },
    load: async () => (await import('./views/break/view.ts')).BreakView,
    count: ({ broken }) => [broken ?? 0, 'warn', 'broken on purpose'],
  },
]

/** The views of this console, as its server allows them. */
export const viewsWhere = (breakIt: boolean): readonly Listed[] => views.filter(({ breaks }) => breakIt || !breaks)
