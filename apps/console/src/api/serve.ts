import type { Addresses as OpsAddresses } from '@quadrille/ops'
import type { FastifyInstance } from 'fastify'
import type { Pulse, Session } from '../api-types.ts'
import type { Breaker } from '../break/open.ts'
import { serveBreak } from '../break/serve.ts'
import { lagJson } from '../lag-json.ts'
import type { ReadModel } from '../model/read-model.ts'
import type { Addresses } from '../pulse/ask.ts'
import type { createHistory } from '../pulse/history.ts'
import type { createRates } from '../pulse/rates.ts'
import type { Watch } from '../pulse/watch.ts'
import type { LagReader } from '../reader.ts'
import { contractViews, flowMap } from './declared.ts'
import { serveOrders } from './orders.ts'
import { serveOrigin } from './origin.ts'
import { serveProxy } from './proxy.ts'
import { serveSession } from './session.ts'
import { serveStory } from './story.ts'
import { serveStream } from './stream.ts'

/** What the page is fed from. */
export interface Parts {
  readonly model: Pick<ReadModel, 'query' | 'counts' | 'changes' | 'state'>
  readonly watch: Pick<Watch, 'changes' | 'services' | 'stuck'>
  readonly rates: Pick<ReturnType<typeof createRates>, 'now'>
  readonly history: Pick<ReturnType<typeof createHistory>, 'shown'>
  readonly addresses: OpsAddresses
  readonly tokens: { readonly change: string | undefined; readonly look: string | undefined }
  readonly handsOverToken: boolean
  readonly links: Session['links']
  /** Only where things may be broken on purpose. */
  readonly breaker?: Pick<Breaker, 'faults' | 'begin' | 'undo' | 'standing' | 'lately'> | undefined
}

export function serveApi(app: FastifyInstance, reader: Pick<LagReader, 'view'>, parts: Parts): void {
  const { model, watch, history, addresses, tokens, handsOverToken, links, breaker } = parts
  serveSession(app, { token: tokens.change, handsOverToken, links, breakIt: breaker !== undefined })
  if (breaker) serveBreak(app, { keeper: breaker, faults: breaker.faults, token: tokens.change })
  serveOrders(app, { model, stuck: watch.stuck, tokens: [tokens.change, tokens.look] })
  serveStory(app, addresses)
  serveOrigin(app, addresses)
  serveProxy(app, urlsOf(addresses))
  serveStream(app, { model, watch, pulse: () => pulseOf(reader, parts) })
  app.get('/api/map', flowMap)
  app.get('/api/contracts', contractViews)
  app.get('/api/lag/history', history.shown)
}

export const urlsOf = ({ services }: OpsAddresses): Addresses =>
  Object.fromEntries(Object.entries(services).map(([name, { url }]) => [name, url])) as unknown as Addresses

async function pulseOf(reader: Pick<LagReader, 'view'>, { model, watch, rates, breaker }: Parts): Promise<Pulse> {
  const counts = await model.counts()
  return {
    ...{ at: new Date().toISOString(), ...rates.now(), lag: lagJson(reader.view()), services: watch.services(), counts },
    ...{ stuck: watch.stuck()?.size ?? null, readModel: model.state() },
    ...(breaker && { broken: breaker.standing().length }),
  }
}
