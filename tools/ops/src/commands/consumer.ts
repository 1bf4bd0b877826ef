import type { Consumer, Resumed } from '../answers.ts'
import { chosen, command, ofService } from '../command.ts'
import { EXIT, misuse } from '../exit.ts'
import { table } from '../table.ts'
import { ago, duration, type Paint } from '../words.ts'

const columns = ['service', 'consumes', 'last record done', 'partitions']

export const consumer = command({
  name: 'consumer',
  summary: 'whether each service consumes, or why not',
  about: `A pause is the whole service's; whether it has joined, and what it reads, one instance tells of itself: ask others by their own URLs.
Exit code 1: one has not joined its group, or is paused.`,
  options: ofService,
  examples: [['consumer', 'all services']],
  async run({ values }, { ask, paint, now }) {
    const { found, missing } = await ask.everywhere<Consumer>('/admin/consumer', chosen(values.service))
    const rows = found.map(({ service, body }) => [service, ...stateText(body, now(), paint)])
    const well = found.every(({ body }) => body.joined && body.paused === null)
    return {
      json: found.map(({ service, body }) => ({ service, ...body })),
      missing,
      text: table(columns, rows, paint),
      exit: well ? EXIT.well : EXIT.notWell,
    }
  },
})

function stateText({ joined, paused, lastProgressSeconds, partitions }: Consumer, now: number, paint: Paint): string[] {
  const state = paused
    ? paint('red', `paused by ${paused.by} ${ago(paused.since, now)}: ${paused.reason}`)
    : joined
      ? 'yes'
      : paint('red', 'has not joined its group')
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, of]) => `${topic} ${of.length}`)
  return [state, `${duration(lastProgressSeconds)} ago`, topics.join(', ') || '–']
}

export const consumerPause = command({
  name: 'consumer pause',
  summary: 'makes a service consume nothing more, until it is resumed',
  about: `All its instances, within a second, and those that are started later. They stay members of their group, and events wait in Kafka.
Exit code 1: it is paused already, and by whom.`,
  words: { shown: 'SERVICE', least: 1, most: 1 },
  options: { reason: { type: 'string', value: 'TEXT', help: 'why, for the audit and for whoever wonders (must be given)' } },
  examples: [['consumer pause email --reason "the mail server moves"', 'hold mails back']],
  async run({ words, values: { reason } }, { ask }) {
    const service = chosen(words[0])[0]!
    if (!reason) throw misuse('say why: --reason "the mail server moves"')
    const json = await ask.post<Consumer>(service, '/admin/consumer/pause', { reason })
    return { json, text: `${service} consumes nothing more; later: ops consumer resume ${service}` }
  },
})

export const consumerResume = command({
  name: 'consumer resume',
  summary: 'lets a paused service consume again',
  about: 'All its instances, within a second.',
  words: { shown: 'SERVICE', least: 1, most: 1 },
  options: { reason: { type: 'string', value: 'TEXT', help: 'why, for the audit' } },
  examples: [['consumer resume email --reason "the mail server has moved"', 'go on']],
  async run({ words, values: { reason } }, { ask }) {
    const service = chosen(words[0])[0]!
    const json = await ask.post<Resumed>(service, '/admin/consumer/resume', reason ? { reason } : undefined)
    if (!json.ended) return { json, text: `${service} was not paused` }
    return { json, text: `${service} consumes again; see it catch up: ops lag --group ${service}` }
  },
})
