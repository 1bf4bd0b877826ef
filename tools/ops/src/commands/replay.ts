import { asTask, begin } from '../begin.ts'
import { chosen, command } from '../command.ts'
import { misuse } from '../exit.ts'

const SOURCES = ['topic', 'outbox']

export const replay = command({
  name: 'replay',
  summary: 'delivers events again: to a service from its topics, or from the outbox of who emitted them',
  about: `From topics (--source topic, the default) the named service reads again what its topics still hold, up to where its consumer has come: one that
lags reads the rest itself. From an outbox (--source outbox) the named service, as the emitter, publishes again what it published, by date since
then, whenever it was created: to its own topic, or with --consumer to <topic>.replay.<consumer>, for that one alone. The inbox absorbs what was
handled before: no charge and no mail is repeated. To have old events handled before new ones, pause the consumer meanwhile (ops consumer pause).`,
  words: { shown: 'SERVICE', least: 1, most: 1 },
  options: {
    from: { type: 'string', value: 'WHERE', help: 'beginning, a time (2026-11-22T15:04:05Z), or offsets (orders.v1-3-17,orders.v1-4-0)' },
    source: { type: 'string', value: 'SOURCE', help: 'topic or outbox' },
    topic: { type: 'string', value: 'NAME', help: 'only this topic, orders.v1.replay.loyalty for example' },
    consumer: { type: 'string', value: 'NAME', help: 'with --source outbox: only for this service' },
    ...asTask,
  },
  examples: [
    ['replay loyalty --from beginning --dry-run', 'how much that would be'],
    ['replay loyalty --from 2026-11-22T15:04:05Z', 'what came since then'],
    ['replay orders --source outbox --from beginning', 'fill a topic again whose data Kafka lost'],
    ['replay orders --source outbox --from 2026-11-01 --consumer loyalty', 'older than the topic, for one service that was away'],
    ['replay loyalty --topic orders.v1.replay.loyalty --from beginning', 'and then let it read that'],
  ],
  async run({ words: [name], values: { from, source = 'topic', topic, consumer, ...wishes } }, ops) {
    if (!SOURCES.includes(source)) throw misuse(`--source takes ${SOURCES.join(' or ')}`)
    if (from === undefined) throw misuse('say from where: --from beginning, a time, or offsets')
    const request = { source, from: whereFrom(from), ...(topic && { topic }), ...(consumer && { consumer: chosen(consumer)[0] }) }
    return begin({ kind: 'replay', what: 'record', request, of: chosen(name) }, wishes, ops)
  },
})

export const rebuild = command({
  name: 'rebuild',
  summary: 'writes a projection anew from the topics, while it is in use',
  about: `The one projection here is orders' journal, behind an order's timeline; the others refuse, and say why. Nothing is emitted and no effect is
repeated.`,
  words: { shown: 'SERVICE', least: 1, most: 1 },
  options: asTask,
  examples: [['rebuild orders --reason "a timeline was cut"', 'the journal of all orders']],
  run: async ({ words: [name], values }, ops) => begin({ kind: 'rebuild', what: 'record', request: {}, of: chosen(name) }, values, ops),
})

function whereFrom(text: string) {
  if (text === 'beginning') return text
  const offsets = text.split(',').map((one) => /^(.+)-(\d+)-(\d+)$/.exec(one))
  if (text.includes('.v') && offsets.every((found) => found !== null))
    return { offsets: offsets.map((found) => ({ topic: found![1]!, partition: Number(found![2]), offset: found![3]! })) }
  const time = new Date(text)
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time.getTime())) return { date: time.toISOString() }
  throw misuse(`--from takes beginning, a time (2026-11-22T15:04:05Z) or offsets (orders.v1-3-17), not "${text}"`)
}
