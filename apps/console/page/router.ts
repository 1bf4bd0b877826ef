import { hrefOf, parseRoute, type Route } from './address.ts'
import { createStore, useStore } from './store/store.ts'

export { hrefOf, type Route }

export const route = createStore<Route>(parseRoute(''))
export const useRoute = () => useStore(route, (now) => now)

export function followAddress(): void {
  const read = () => route.change(() => parseRoute(location.hash))
  addEventListener('hashchange', read)
  read()
}

export const go = (href: string) => {
  location.hash = href
}

/** Another query of the same view, without a step in the history: filters are no places. */
export function refine(query: Readonly<Record<string, string | undefined>>): void {
  const { view, of, query: now } = route.get()
  history.replaceState(null, '', hrefOf(view, of, { ...now, ...query }))
  route.change(() => parseRoute(location.hash))
}
