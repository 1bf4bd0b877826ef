import { useEffect, useRef, useState } from '../html.ts'
import { Problem } from './problem.ts'
import { useLive } from './stream.ts'

export interface Loaded<Answer> {
  /** The last answer that came, also while the next one is on its way or did not come. */
  readonly data: Answer | undefined
  readonly error: unknown
  readonly busy: boolean
  readonly again: () => void
}

type State<Answer> = Pick<Loaded<Answer>, 'data' | 'error' | 'busy'> & { readonly key: string }

// Who was away is asked again before anybody has to press a button.
const PATIENCE_MS = 3_000

const passes = (error: unknown) => error instanceof Problem && (error.status === 0 || error.status >= 500)

/**
 * For looking only, since it asks as often as it likes: a change goes through `useOnce`, or through a handler.
 * Asks when `key` becomes another one, on `again`, and when the line has come back; an answer that was overtaken is dropped.
 * `everyMs` asks again by itself.
 */
export function useLoad<Answer>(key: string, load: (signal: AbortSignal) => Promise<Answer>, everyMs?: number): Loaded<Answer> {
  const [state, set] = useState<State<Answer>>({ key, data: undefined, error: undefined, busy: true })
  const [turn, setTurn] = useState(0)
  const returns = useLive((live) => live.returns)
  const newest = useRef(load)
  newest.current = load
  const again = () => setTurn((now: number) => now + 1)
  useEffect(() => {
    const gone = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const settle = (next: (now: State<Answer>) => State<Answer>, inMs: number | undefined) => {
      if (gone.signal.aborted) return
      set(next)
      if (inMs !== undefined) timer = setTimeout(again, inMs)
    }
    set((now) => (now.key === key ? { ...now, busy: true } : { key, data: undefined, error: undefined, busy: true }))
    newest.current(gone.signal).then(
      (data) => settle(() => ({ key, data, error: undefined, busy: false }), everyMs),
      (error: unknown) => settle((now) => ({ ...now, error, busy: false }), passes(error) ? PATIENCE_MS : everyMs),
    )
    return () => {
      gone.abort()
      clearTimeout(timer)
    }
  }, [key, turn, returns])
  const current = state.key === key ? state : { data: undefined, error: undefined, busy: true }
  return { ...current, again }
}
