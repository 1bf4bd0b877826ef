import { command, type Ops, whole } from '../command.ts'
import { EXIT, misuse } from '../exit.ts'
import { readLag } from '../lag/read.ts'
import type { Reading } from '../lag/reading.ts'
import { isLate, lagText, reportOf } from '../lag/view.ts'

export const lag = command({
  name: 'lag',
  summary: 'who is behind, by how much, and when it will have caught up',
  about: `Messages and seconds behind, of every consumer group and topic; with -v of every partition. Where something waits, it reads twice
and tells from the difference how long it takes to drain. It asks the console, or Kafka itself where the console does not answer.
What waits in partitions without a committed offset is told apart ("1 + up to 5 unknown"; --json: unknown), for nobody knows how much it is.
Exit code 1: a group has no members, has never committed although there are records, or is more than 30 s behind.`,
  options: {
    verbose: { type: 'boolean', short: 'v', help: 'every partition' },
    group: { type: 'string', short: 'g', value: 'NAME', help: 'only this group' },
    sample: { type: 'string', value: 'SECONDS', help: 'time between the two readings (4)' },
  },
  examples: [
    ['lag', 'all groups'],
    ['lag -v --group payments', 'where exactly payments is behind'],
    ['lag --json', 'for programs'],
  ],
  async run({ values }, ops) {
    const first = await readLag(ops)
    if (values.group && !first.groups.some(({ group }) => group === values.group))
      throw misuse(`there is no group ${values.group}: --group takes ${first.groups.map(({ group }) => group).join(', ')}`)
    const sample = values.sample === undefined ? 4 : whole('sample', values.sample, 600)
    const moving = first.groups.some(({ partitions }) => partitions.some(({ lag: behind }) => behind !== null && behind > 0))
    const { groups, ...report } = moving && !first.stale ? await twice(ops, first, sample * 1000) : reportOf(first)
    const shown = { ...report, groups: groups.filter(({ group }) => !values.group || group === values.group) }
    const exit = shown.groups.some(isLate) ? EXIT.notWell : EXIT.well
    return { json: shown, text: lagText(shown, values.verbose === true, ops.paint), exit }
  },
})

/** The console looks every 2 s: until its reading is another one, there is nothing to compare. */
async function twice(ops: Ops, first: Reading, ms: number) {
  await ops.pause(ms)
  let second = await readLag(ops)
  for (let tries = 0; tries < 5 && second.at === first.at; tries++) {
    await ops.pause(500)
    second = await readLag(ops)
  }
  return reportOf(second, second.source === first.source ? first : undefined)
}
