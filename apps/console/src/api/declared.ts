import { catalogue, type Emitter, type EventContract, PARTITIONS, topicOf } from '@quadrille/contracts'
import { handlers, services } from '@quadrille/ops'
import { z } from 'zod'
import type { ContractView, FlowMap } from '../api-types.ts'

const contracts = Object.values(catalogue).flatMap((of) => Object.values<EventContract>(of))
const typesOf = (emitter: Emitter) => Object.keys(catalogue[emitter])

/** Who emits what and who takes it, as the services declare it. */
export const flowMap = (): FlowMap => ({
  services: services.map((name) => ({ name, emits: typesOf(name), consumes: services.flatMap((emitter) => consumed(name, emitter)) })),
  topics: services.map((emitter) => ({ name: topicOf(emitter), emitter, partitions: PARTITIONS })),
})

function consumed(name: Emitter, emitter: Emitter): FlowMap['services'][number]['consumes'] {
  const types = typesOf(emitter).filter((type) => handlers[type]?.includes(name))
  return types.length === 0 ? [] : [{ emitter, topic: topicOf(emitter), types }]
}

/** Every event there is, as its contract says it. */
export const contractViews = (): ContractView[] =>
  contracts.map(({ type, version, emitter, topic, description, schema, example }) => ({
    ...{ type, version, topic, example },
    emitter: emitter as Emitter,
    prose: description,
    schema: z.toJSONSchema(schema, { io: 'input' }),
    consumers: handlers[type] ?? [],
  }))
