import type { Address } from './addresses.ts'

/** A check that has nothing to look at. */
export class Skipped extends Error {}

/** What a `GET` answers, as text; one line with the remedy where nobody listens. */
export async function text({ name, url, variable }: Address, path: string): Promise<string> {
  const response = await fetch(url + path, { signal: AbortSignal.timeout(10_000) }).catch(() => {
    throw new Error(
      `nothing listens at ${url} (${name}): start it with \`npx -y pnpm@12 demo\` or \`docker compose up --wait\`, or set ${variable}`,
    )
  })
  const body = await response.text()
  if (!response.ok) throw new Error(`${url}${path} answered ${response.status}: ${body.slice(0, 200)}`)
  return body
}

export const json = async <Body>(address: Address, path: string): Promise<Body> => JSON.parse(await text(address, path)) as Body

/** For what need not be there: skipped where nobody listens, unless somebody said that it is there. */
export async function needs(address: Address, path: string): Promise<void> {
  if (address.chosen) return void (await text(address, path))
  await text(address, path).catch(() => {
    throw new Skipped(`no ${address.name} at ${address.url} (${address.variable})`)
  })
}
