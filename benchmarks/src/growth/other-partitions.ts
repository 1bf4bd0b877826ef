import { registerHooks } from 'node:module'

/*
 * Loaded before a worker, it has the contracts say that orders' topic has another name and another number of partitions. In a shop that
 * runs this number can never be changed, so that no setting for it exists.
 */
const partitions = process.env.BENCH_PARTITIONS!
const changes: readonly (readonly [from: string, to: string])[] = [
  ['PARTITIONS = 12', `PARTITIONS = ${partitions}`],
  ['{emitter}.v1`', `{emitter}.v1-of-${partitions}\` as never`],
]

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!url.endsWith('/contracts/src/topics.ts')) return loaded
    const source = changes.reduce((text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`the contracts no longer say "${from}"`)
      return text.replace(from, to)
    }, String(loaded.source))
    return { ...loaded, source }
  },
})
