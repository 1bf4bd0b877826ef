import type { Service } from './addresses.ts'
import type { DryRun, Task } from './answers.ts'
import { type Answer, type Ops, rowName, whole } from './command.ts'
import { EXIT, OpsError } from './exit.ts'
import { type TaskName, watchTasks } from './task-watch.ts'
import { counted } from './words.ts'

/** The options of everything that runs as a task. */
export const asTask = {
  'dry-run': { type: 'boolean', help: 'only say what it would touch' },
  rate: { type: 'string', value: 'N', help: 'steps a second, at most (50 letters; 2000 records)' },
  reason: { type: 'string', value: 'TEXT', help: 'why, for the audit' },
  detach: { type: 'boolean', help: 'do not wait for the end' },
} as const

export interface TaskWishes {
  readonly 'dry-run'?: boolean
  readonly rate?: string
  readonly reason?: string
  readonly detach?: boolean
}

/** What is asked for, and what it is about. */
export interface Work {
  readonly kind: string
  /** What it touches, in words: `letter`. */
  readonly what: string
  readonly request: object
  readonly of: readonly Service[]
  /** Nothing is done yet, since it cannot be taken back. */
  readonly unsure?: boolean
}

export const NOT_YET = 'Nothing was done yet: add --yes'

const MOST_RATE = 100_000

/**
 * Looks first at every service what there is to do, begins where there is something, and shows the progress.
 * Nothing is begun anywhere while one service does not answer: half of it is hard to tell from the whole.
 */
export async function begin({ kind, what, request, of, unsure = false }: Work, wishes: TaskWishes, ops: Ops): Promise<Answer> {
  const { rate, reason, detach } = wishes
  const asked = { kind, ...request, ...(reason && { reason }), ...(rate && { ratePerSecond: whole('rate', rate, MOST_RATE) }) }
  const would = await look({ ...asked, reason: reason ?? 'dry run' }, of, ops)
  const concerned = would.filter(({ body }) => body.would > 0)
  if (concerned.length === 0) return { json: [], text: nothingText(would, { kind, what }) }
  const told = concerned.map(({ service, body }) => wouldText(service, { kind, what }, body)).join('\n')
  if (wishes['dry-run']) return { json: concerned, text: told }
  if (unsure) return { json: concerned, text: `${told}\n${NOT_YET}`, exit: EXIT.notWell }
  const tasks = await beginAt(
    concerned.map(({ service }) => service),
    asked,
    ops,
  )
  if (!detach) return watchTasks(tasks, ops)
  const names = tasks.map(rowName).join(' ')
  return { json: tasks, text: `It runs without you; watch it: ops tasks watch ${names}` }
}

/** One after the other; where one fails, those that run already are named, since nobody watches them. */
async function beginAt(of: readonly Service[], asked: object, { ask, signal }: Ops): Promise<TaskName[]> {
  const tasks: TaskName[] = []
  for (const service of of) {
    try {
      tasks.push({ service, id: (await ask.post<Task>(service, '/admin/tasks', asked)).id })
    } catch (error) {
      if (tasks.length === 0 || !(error instanceof OpsError)) throw error
      throw new OpsError(signal.aborted ? EXIT.interrupted : EXIT.notWell, halfBegun(error, tasks, of.slice(tasks.length + 1)), {
        cause: error,
      })
    }
  }
  return tasks
}

function halfBegun({ message }: OpsError, begun: readonly TaskName[], rest: readonly Service[]): string {
  const names = begun.map(rowName)
  const ends = names.map((name) => `ops tasks cancel ${name}`).join('; ')
  return [
    message,
    `begun already, and goes on without you: ops tasks watch ${names.join(' ')}   end it: ${ends}`,
    ...(rest.length > 0 ? [`not done: ${rest.join(', ')}`] : []),
  ].join('\n')
}

const look = (asked: object, of: readonly Service[], { ask }: Ops) =>
  Promise.all(of.map(async (service) => ({ service, body: await ask.post<DryRun>(service, '/admin/tasks', { ...asked, dryRun: true }) })))

/** Some services say why there is nothing. */
function nothingText(would: readonly { readonly service: Service; readonly body: DryRun }[], work: Pick<Work, 'kind' | 'what'>): string {
  const why = would.filter(({ body }) => body.sample.length > 0).map(({ service, body }) => wouldText(service, work, body))
  return [`There is nothing to ${work.kind}.`, ...why].join('\n')
}

/** What would happen at one service, with the first few. */
export function wouldText(service: Service, { kind, what }: Pick<Work, 'kind' | 'what'>, { would, orders, sample }: DryRun): string {
  const first = [...sample]
    .sort(byPosition)
    .map((one) => `\n  ${sampleText(service, one)}`)
    .join('')
  const of = orders ? ` of ${counted(orders, 'order')}` : ''
  return `${service}: would ${kind} ${counted(would, what)}${of}${first}`
}

type Sample = DryRun['sample'][number]
const byPosition = (a: Sample, b: Sample) =>
  String(a.topic ?? '').localeCompare(String(b.topic ?? '')) || Number(a.partition ?? 0) - Number(b.partition ?? 0)

/** A letter by its name; anything else as it came. */
function sampleText(service: Service, { id, code, error, ...rest }: Sample): string {
  if (id !== undefined && code !== undefined) return `${rowName({ service, id: String(id) })}  ${code}  ${error}`
  return Object.entries(rest)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join('  ')
}
