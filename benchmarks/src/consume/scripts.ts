import { literal, type Script, UUID } from '../pgbench.ts'

const PAYLOAD = literal('{"nth":1,"orderId":"0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e"}')
const CORRELATION = literal('0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e')
const TRACE = literal('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')

const dedupe = `insert into processed_events (consumer, event_id, topic, partition, "offset", key)
  values ('loyalty', ${UUID}, 'orders.v1', 3, :id, ${UUID}) on conflict do nothing`

const effect = `insert into effects (key, kind, order_id, payload, causation_id, correlation_id, traceparent, run_at)
  values ('remember-' || ${UUID}, 'remember', ${UUID}, ${PAYLOAD}, ${CORRELATION}, ${CORRELATION}, ${TRACE}, now() + interval '1 day')
  on conflict (key) do nothing`

const lock = `insert into streams (order_id) values (${UUID}) on conflict (order_id) do update set sequence = streams.sequence`

const state = `insert into tallies (order_id, heard, disordered) values (${UUID}::uuid, 1, 0)
  on conflict (order_id) do update set heard = excluded.heard, disordered = excluded.disordered`

/** What every idempotent consumer must write: that it has had the event, and what follows from it. */
export const eventScript: Script = ['begin', dedupe, effect, 'end']

/** All that ours writes: also the lock of the order, and its state. */
export const everyRowScript: Script = ['begin', dedupe, lock, state, effect, 'end']
