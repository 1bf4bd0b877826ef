import { isUnsure, Problem } from '../../store/problem.ts'

const TRIES = 3
const PAUSE_MS = 400

const pause = (ms: number) => new Promise<void>((over) => setTimeout(over, ms))

// No answer, and whoever is stopping, starting or alone without its database: another moment may do.
const isPassing = (error: unknown) =>
  error instanceof Problem && (error.status === 0 || error.status === 503 || error.code === 'in-progress')

/** Tries again what may be asked twice, where it was not answered. */
export async function patiently<Answer>(attempt: () => Promise<Answer>, wait = pause): Promise<Answer> {
  let doubt: unknown
  for (let turn = 1; ; turn += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!isPassing(error)) throw error
      // Whoever says at the door that it was not done speaks of this turn only.
      if (isUnsure(error)) doubt ??= error
      if (turn === TRIES) throw doubt ?? error
      await wait(PAUSE_MS * turn)
    }
  }
}

/** What came of several that were asked for: with the first failure no more are begun, and those under way are waited for. */
export interface Several<Answer> {
  readonly many: number
  readonly done: readonly Answer[]
  /** Of so many it is not known. */
  readonly unsure: number
  readonly error: unknown
}

export async function several<Answer>(many: number, atOnce: number, one: (at: number) => Promise<Answer>): Promise<Several<Answer>> {
  const [done, errors] = [[] as Answer[], [] as unknown[]]
  let begun = 0
  const line = async () => {
    while (begun < many && errors.length === 0) {
      begun += 1
      await one(begun).then(
        (answer) => done.push(answer),
        (error: unknown) => errors.push(error),
      )
    }
  }
  await Promise.all(Array.from({ length: Math.min(many, atOnce) }, line))
  return { many, done, unsure: errors.filter(isUnsure).length, error: errors[0] }
}

/** `57 of 100 were placed, 42 were not, and of 1 it is not known`; null where all were. */
export function shortfall({ many, done, unsure, error }: Several<unknown>): string | null {
  if (done.length === many) return null
  const why = error instanceof Error ? error.message : String(error)
  if (many === 1) return `${unsure ? 'It is not known whether it was placed' : 'It was not placed'}: ${why}`
  const [were, not] = [`${done.length} of ${many} were placed`, many - done.length - unsure]
  const rest = [...(not > 0 ? [`${not} were not`] : []), ...(unsure > 0 ? [`of ${unsure} it is not known`] : [])]
  return `${[were, ...rest].join(', ')}: ${why}`
}
