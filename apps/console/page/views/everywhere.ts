import type { ServiceName } from '../../src/api-types.ts'

/** In the order in which an order meets them. */
export const services: readonly ServiceName[] = ['orders', 'payments', 'warehouse', 'loyalty', 'email']

/** What several services answered; who did not is told apart, since the others' answers are worth seeing. */
export interface Everywhere<Body> {
  readonly found: readonly { readonly service: ServiceName; readonly body: Body }[]
  readonly missing: readonly { readonly service: ServiceName; readonly error: unknown }[]
}

/** Throws only where nobody answered. */
export async function everywhere<Body>(ask: (service: ServiceName) => Promise<Body>, of = services): Promise<Everywhere<Body>> {
  const asked = await Promise.allSettled(of.map(ask))
  const found = asked.flatMap((one, at) => (one.status === 'fulfilled' ? [{ service: of[at]!, body: one.value }] : []))
  const missing = asked.flatMap((one, at) => (one.status === 'rejected' ? [{ service: of[at]!, error: one.reason as unknown }] : []))
  if (found.length === 0 && missing[0]) throw missing[0].error
  return { found, missing }
}

export const missing = (answers: Everywhere<unknown> | undefined): ServiceName[] => answers?.missing.map(({ service }) => service) ?? []
