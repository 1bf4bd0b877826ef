import type { TaskKind, TaskRequest } from './tasks.ts'

/** From Kafka's topics, by whoever reads them; or from the outbox, by whoever wrote it. */
export function replayTask(sources: Readonly<Record<'topic' | 'outbox', TaskKind>>): TaskKind {
  const sourceOf = ({ source }: Pick<TaskRequest, string>) => sources[source as 'topic' | 'outbox']
  return {
    plan: (request) => sourceOf(request).plan(request),
    step: (task) => sourceOf(task.request).step(task),
    ended: async (task) => sourceOf(task.request).ended?.(task),
    close: async () => void (await Promise.all(Object.values(sources).map(({ close }) => close?.()))),
  }
}
