import type { Recorded } from './recorder.ts'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi

/** The relay marks rows, reads others, or does both at once. */
const RELAYS = /update outbox set published_at|from \(select \* from outbox/

/** The relay's and the effect runner's statements stand alone; a look that found nothing belongs to no order. */
const works = ({ text, values, rows }: Recorded): boolean => {
  if (RELAYS.test(text)) return rows > 0 || idsIn(values[0])!.length > 0
  if (/update effects/.test(text)) return rows > 0
  return namesAnything({ values }) && !/outbox_lease|operator/.test(text)
}

/** An order, or an event. */
const namesAnything = ({ values }: Pick<Recorded, 'values'>) => JSON.stringify(values).match(UUID) !== null

/** What a service had its database do for its orders: whole transactions, and the single statements in between, in the order of their ends. */
export function stepsOf(recorded: readonly Recorded[]): Recorded[][] {
  const open = new Map<number, Recorded[]>()
  const steps: Recorded[][] = []
  for (const one of recorded) {
    const begun = open.get(one.connection)
    if (one.text === 'begin') open.set(one.connection, [one])
    else if (!begun) steps.push(...(works(one) ? [[one]] : []))
    else if (one.text === 'commit') {
      if (begun.some(namesAnything)) steps.push([...begun, one])
      open.delete(one.connection)
    } else if (one.text === 'rollback') open.delete(one.connection)
    else begun.push(one)
  }
  return steps
}

/**
 * A pgbench script that runs these statements for orders that nobody has placed yet: every id keeps its place, and gets a new
 * end at every run, so that an order's rows find one another and no run meets those of another.
 */
export function scriptOf(steps: Steps, eventIds: ReadonlyMap<string, string> = new Map()): string {
  const renamed = createRenaming()
  const lines = steps.flat().map((one) => `${filledIn(repeatable(one, eventIds), renamed)};`)
  return [...OWN_NUMBER, ...lines, ''].join('\n')
}

/** A statement whose values are made by putting a run's own number between the pieces. */
export interface Replayable {
  readonly text: string
  readonly pieces: readonly string[]
}

/** The same statements with their parameters, for a client that prepares each of them once. */
export function replayableOf(steps: Steps, eventIds: ReadonlyMap<string, string>): Replayable[] {
  const renamed = createRenaming()
  return steps.flat().map((one) => {
    const { text, values } = repeatable(one, eventIds)
    return { text, pieces: renamed(JSON.stringify(values)).split(HOLE) }
  })
}

/** What the statement is given in a run of that number. */
export const valuesIn = ({ pieces }: Replayable, run: number): unknown[] => JSON.parse(pieces.join(run.toString(16).padStart(12, '0')))

type Steps = readonly (readonly Recorded[])[]

/** Ids get another place for each, and a hole for the number of the run; so do the customers' keys. */
function createRenaming() {
  const places = new Map<string, number>()
  const placeOf = (id: string) => {
    if (!places.has(id)) places.set(id, places.size)
    return `${places.get(id)!.toString(16).padStart(8, '0')}-0000-7000-8000-${HOLE}`
  }
  return (text: string) => text.replace(UUID, (id) => placeOf(id.toLowerCase())).replace(CUSTOMERS_KEY, `bench-${HOLE}-`)
}

const CUSTOMERS_KEY = /bench-[0-9a-z]+-/g

/** In the order of time, as ids are; another one in every run. */
const OWN_NUMBER = ['\\set i :i + 1', '\\set n :base + :client_id * 1000000000 + :i']
const HOLE = 'ffffffffffff'
const NEW_END = "lpad(to_hex(:n::bigint), 12, '0')"

type Statement = Pick<Recorded, 'text' | 'values'>

/**
 * Rows of the outbox are marked by numbers that the next run does not know: their events' ids lead to them. A read takes as many
 * rows as it did when it was recorded, not those of everybody who runs beside it.
 */
function repeatable({ text, values, rows }: Recorded, eventIds: ReadonlyMap<string, string>): Statement {
  const marks = RELAYS.test(text)
  if (!marks && !text.includes('update effects')) return { text, values }
  const limit = Number(/limit \$(\d+)/.exec(text)?.[1])
  const again = (value: unknown, place: number) => {
    if (place + 1 === limit) return rows
    return marks ? (idsIn(value)?.flatMap((id) => eventIds.get(id) ?? []) ?? value) : value
  }
  const byEvent = '(array(select id from outbox where event_id = any($<place>::uuid[])))'
  return { text: marks ? text.replaceAll(/(?<place>\$\d+)::bigint\[\]/g, byEvent) : text, values: values.map(again) }
}

/** An array's numbers, also where it is already written as PostgreSQL writes it. */
function idsIn(value: unknown): string[] | undefined {
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string' && value.startsWith('{') ? (value.match(/\d+/g) ?? []) : undefined
}

const filledIn = ({ text, values }: Statement, renamed: (text: string) => string) =>
  text
    .replace(/--[^\n]*/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/'[^']*'/g, (quoted) => (quoted.includes(':') ? `E${quoted.replaceAll(':', COLON)}` : quoted))
    .replace(/\$(\d+)(::[a-z0-9]+(?:\[\])?)?/g, (_, place: string, given: string | undefined) => {
      const value = values[Number(place) - 1]
      const cast = given ?? (Array.isArray(value) ? '::text[]' : '') // what is put together has a type, unlike a parameter
      const text = asText(value)
      return text === null ? `null${cast}` : literal(renamed(text), cast)
    })

// pgbench takes a colon before a word for one of its variables, within quotes too.
const COLON = '\\x3a'

function literal(text: string, cast: string): string {
  const quoted = `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll(':', COLON)}'`
  return text.includes(HOLE) ? `replace(${quoted}, '${HOLE}', ${NEW_END})${cast}` : `${quoted}${cast}`
}

/** As the driver writes a value; arrays in PostgreSQL's own notation. */
function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return `{${value.map(element).join(',')}}`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function element(value: unknown): string {
  const text = asText(value)
  return text === null ? 'NULL' : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
