import type { FlowMap, Pulse, ServicePulse } from '../../../src/api-types.ts'
import { type Child, html, part, useMemo, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { useLive, usePulse } from '../../store/stream.ts'
import { dot, type Tone } from '../../widgets/badge.ts'
import { spark } from '../../widgets/spark.ts'
import { number, rate } from '../../widgets/words.ts'
import { causesOf } from '../letters/causes.ts'
import { behindOf, dotsFor, type Lane, lanesOf, spanOf, standingOf } from './lanes.ts'

/** The whole floor: a table to a screen reader, a dance to the eye. */
export function Floor({ map }: { readonly map: FlowMap }): VNode {
  const lanes = useMemo(() => lanesOf(map), [map])
  const pulse = usePulse()
  return html`<table class="floor card" style=${`--columns: ${map.services.length}`}>
    <caption class="unseen">Services as columns, their topics as rows: who emits, who reads, and how far behind</caption>
    <thead><tr>
      <td class="corner soft"><span><i class="node emits"></i>emits</span><span><i class="node reads good"></i>reads all</span><span><i class="node reads warn"></i>is behind</span></td>
      ${map.services.map(({ name }) => html`<th scope="col" key=${name}>${card(name, pulse)}</th>`)}
    </tr></thead>
    <tbody>${lanes.map((lane) => part(LaneRow, { key: lane.topic, lane, map }))}</tbody>
  </table>`
}

function card(name: string, pulse: Pulse | null): VNode {
  const service = pulse?.services.find((one) => one.name === name)
  const [tone, words] = standingOf(service)
  return html`<div class="service">
    <strong class="cut">${dot(tone)}${name}</strong>
    <span class=${`standing cut ${tone}`} title=${service?.paused ? `by ${service.paused.by}: ${service.paused.reason}` : (service?.why ?? undefined)}>${words}</span>
    <span class="handles soft">${pulse ? `takes ${rate(pulse.consumed[name] ?? 0)}` : ''}</span>
    <span class="marks">${service && marks(service)}</span>
  </div>`
}

/** What waits at a service, each a way to where it is shown; nothing where nothing waits. */
function marks({ name, letters, effects, outbox }: ServicePulse): Child {
  const all: readonly (readonly [many: number, tone: Tone, words: string, view: string])[] = [
    [causesOf(letters), 'bad', 'dead', 'letters'],
    [effects?.refused ?? 0, 'bad', 'refused', 'outbox'],
    [effects?.waiting ?? 0, 'info', 'effects', 'outbox'],
    [outbox?.waiting ?? 0, 'quiet', 'unsent', 'outbox'],
    [outbox?.parked ?? 0, 'bad', 'set aside', 'outbox'],
  ]
  return all
    .filter(([many]) => many > 0)
    .map(
      ([many, tone, words, view]) =>
        html`<a key=${words} class=${`badge ${tone}`} href=${hrefOf(view)} aria-label=${`${name}: ${many} ${words}`}>${number(many)} <span class="wordy">${words}</span></a>`,
    )
}

function LaneRow({ lane, map }: { readonly lane: Lane; readonly map: FlowMap }): VNode {
  const pulse = usePulse()
  const pulses = useLive((now) => now.pulses)
  const perSecond = pulse?.rates[lane.topic] ?? 0
  const [left, right] = spanOf(lane)
  return html`<tr class=${lane.readers.length === 0 ? 'unread' : ''}>
    <th scope="row">
      <span class="topic mono">${lane.topic}</span><span class="rate">${pulse ? rate(perSecond) : ''}</span>
      ${spark(pulses.map(({ rates }) => rates[lane.topic] ?? 0))}
      <div class="lane" aria-hidden="true" style=${`--left: ${left}; --right: ${right}`}><i></i>${dots(lane, perSecond, pulse)}</div>
    </th>
    ${map.services.map(({ name }) => html`<td key=${name}>${node(lane, name, pulse)}</td>`)}
  </tr>`
}

/** One dot a reader and rate step; a reader that takes nothing gets none. */
function dots({ from, readers }: Lane, perSecond: number, pulse: Pulse | null): Child {
  const many = dotsFor(perSecond)
  const awake = readers.filter(({ service }) => (pulse?.consumed[service] ?? 0) > 0.05)
  return awake.map(({ service, at }) =>
    Array.from({ length: many }, (_, n) => {
      const style = `--from: ${from}; --to: ${at}; animation-delay: -${((n / many) * 2.4).toFixed(2)}s`
      return html`<span class="runner" key=${`${service}${n}/${many}`} style=${style}></span>`
    }),
  )
}

function node(lane: Lane, service: string, pulse: Pulse | null): Child {
  if (lane.emitter === service)
    return html`<span class="node emits" title=${`emits ${lane.types.join(', ')}`}><span class="unseen">emits</span></span>`
  const reader = lane.readers.find((one) => one.service === service)
  if (!reader) return null
  const { text, words, tone } = behindOf(pulse?.lag, service, lane.topic)
  const title = `takes ${reader.types.join(', ')}: ${words}`
  return html`<a class=${`node reads ${tone} ${text ? 'behind' : ''}`} href=${hrefOf('lag', service)} title=${title}>
    <span class="unseen">${service} reads ${lane.topic}: ${words}</span><span aria-hidden="true">${text}</span>
  </a>`
}
