/** An address on this page: `#/orders/0199…?status=paid` is view `orders`, of what, and how. */
export interface Route {
  readonly view: string
  readonly of: string | null
  readonly query: Readonly<Record<string, string>>
}

export const FIRST_VIEW = 'flow'

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [view, ...of] = path.split('/').map(decoded)
  return {
    view: view || FIRST_VIEW,
    of: of.length > 0 && of[0] !== '' ? of.join('/') : null,
    query: Object.fromEntries(new URLSearchParams(query)),
  }
}

/** The address of a view; what is empty in the query is left out. */
export function hrefOf(view: string, of?: string | null, query: Readonly<Record<string, string | undefined>> = {}): string {
  const wanted = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const search = wanted.length > 0 ? `?${new URLSearchParams(wanted)}` : ''
  return `#/${view}${of ? `/${of.split('/').map(encodeURIComponent).join('/')}` : ''}${search}`
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
