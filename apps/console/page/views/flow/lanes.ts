import type { FlowMap, LagJson, Pulse, ServiceName, ServicePulse } from '../../../src/api-types.ts'
import type { Tone } from '../../widgets/tone.ts'

/** Services are columns, topics are lanes across them: who emits stands on its lane, and so does everybody who reads it. */
export interface Lane {
  readonly topic: string
  readonly emitter: ServiceName
  readonly types: readonly string[]
  /** Where the emitter stands, from 0 at the left to 1. */
  readonly from: number
  readonly readers: readonly { readonly service: ServiceName; readonly at: number; readonly types: readonly string[] }[]
}

const centre = (column: number, columns: number) => (column + 0.5) / columns

export function lanesOf({ services, topics }: FlowMap): Lane[] {
  const at = new Map(services.map(({ name }, column) => [name, centre(column, services.length)]))
  return topics.map(({ name: topic, emitter }) => ({
    ...{ topic, emitter, from: at.get(emitter) ?? 0 },
    types: services.find(({ name }) => name === emitter)?.emits ?? [],
    readers: services.flatMap(({ name, consumes }) => {
      const of = consumes.find((one) => one.topic === topic)
      return of ? [{ service: name, at: at.get(name)!, types: of.types }] : []
    }),
  }))
}

/** From where to where the lane's line is drawn. */
export function spanOf({ from, readers }: Lane): readonly [left: number, right: number] {
  const all = [from, ...readers.map(({ at }) => at)]
  return [Math.min(...all), Math.max(...all)]
}

export interface Behind {
  readonly text: string
  readonly words: string
  readonly tone: Tone
}

const LATE_SECONDS = 5

/** How far a group is behind on one topic. */
export function behindOf(lag: LagJson | undefined, group: string, topic: string): Behind {
  const of = lag?.groups.find((one) => one.group === group)?.topics.find((one) => one.topic === topic)
  if (!of) return { text: '', words: 'nobody knows how far behind', tone: 'quiet' }
  if (typeof of.lag === 'string' || typeof of.lagSeconds === 'string') return { text: '', words: String(of.lag), tone: 'quiet' }
  if (of.lag === 0) return { text: '', words: 'nothing waits', tone: 'good' }
  const late = of.lagSeconds >= LATE_SECONDS
  return { text: short(of.lag), words: `${of.lag} behind, the oldest for ${Math.round(of.lagSeconds)} s`, tone: late ? 'warn' : 'info' }
}

const short = (value: number) => (value < 10_000 ? String(value) : `${Math.round(value / 1000)}k`)

/** How many dots run on a line: more for more records, but not in proportion, and none for none. */
export const dotsFor = (perSecond: number) => (perSecond < 0.05 ? 0 : Math.min(4, 1 + Math.floor(Math.log10(1 + perSecond) * 1.6)))

/** A service's standing in a word and a colour. */
export function standingOf(service: ServicePulse | undefined): readonly [tone: Tone, words: string] {
  if (!service) return ['quiet', 'not asked yet']
  if (!service.up) return ['bad', 'does not answer']
  if (service.paused) return ['warn', 'paused']
  return service.ready ? ['good', 'ready'] : ['bad', 'not ready']
}

/** Of events; what is set aside is none. */
export const totalOf = (rates: Pulse['rates']) =>
  Object.entries(rates).reduce((sum, [topic, each]) => (topic.endsWith('.dlq') ? sum : sum + each), 0)
