/** A group as the console tells it; words instead of a number where nothing was committed yet. */
export interface GroupLag {
  readonly group: string
  readonly lag: number | string
}

// What a customer is written about.
const FACTS = ['PaymentCaptured', 'PaymentFailed', 'PaymentRefunded', 'OrderDispatched', 'OrderCancelled', 'StockShort']

/** What is wrong with the mails of an order: one for each fact among the types of its events, and no other. */
export function mailsWrong(types: readonly string[], mails: readonly { readonly messageId: string }[]): string | undefined {
  const facts = new Set(types.map((type) => type.replace(/\.v\d+$/, '')).filter((type) => FACTS.includes(type)))
  const ids = new Set(mails.map(({ messageId }) => messageId))
  if (ids.size < mails.length) return `${mails.length - ids.size} came twice`
  return mails.length === facts.size ? undefined : `${mails.length} came of ${facts.size}: ${[...facts].join(', ')}`
}

/** The groups that have not been seen without lag yet, after one more look. */
export function stillBehind(behind: readonly string[], groups: readonly GroupLag[]): string[] {
  const quiet = groups.filter(({ lag }) => lag === 0).map(({ group }) => group)
  return behind.filter((group) => !quiet.includes(group))
}

/** The series that a text of metrics does not have. */
export const missingSeries = (exposition: string, names: readonly string[]): string[] =>
  names.filter((name) => !new RegExp(`^${name}(\\{| )`, 'm').test(exposition))

/** A trace as Jaeger's API tells it. */
export interface Trace {
  readonly spans: readonly {
    readonly spanID: string
    readonly operationName: string
    readonly processID: string
    readonly references?: readonly { readonly refType: string; readonly spanID: string }[]
  }[]
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>
}

/** What keeps a trace from being one connected picture of an order; undefined when it is one. */
export function traceWrong({ spans, processes }: Trace, wanted: readonly string[]): string | undefined {
  const here = new Set(spans.map(({ spanID }) => spanID))
  const services = new Set(Object.values(processes).map(({ serviceName }) => serviceName))
  const absent = wanted.filter((service) => !services.has(service))
  if (absent.length > 0) return `no span of ${absent.join(', ')}`
  const parentOf = (span: Trace['spans'][number]) => span.references?.find(({ refType }) => refType === 'CHILD_OF')?.spanID
  const orphans = spans.filter((span) => !here.has(parentOf(span) ?? ''))
  return orphans.length === 1 ? undefined : `${orphans.length} beginnings: ${orphans.map((span) => span.operationName).join(', ')}`
}

/** Trace id and whether it is recorded, of a `traceparent`. */
export function readTraceparent(traceparent = ''): { id: string; sampled: boolean } {
  const [, id = '', , flags = '00'] = traceparent.split('-')
  return { id, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}
