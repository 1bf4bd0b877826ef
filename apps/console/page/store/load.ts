import { useEffect, useRef, useState } from '../html.ts'

export interface Loaded<Answer> {
  /** The last answer that came, also while the next one is on its way or did not come. */
  readonly data: Answer | undefined
  readonly error: unknown
  readonly busy: boolean
  readonly again: () => void
}

/** Asks when `key` becomes another one, and on `again`; an answer that was overtaken is dropped. `everyMs` asks again by itself. */
export function useLoad<Answer>(key: string, load: (signal: AbortSignal) => Promise<Answer>, everyMs?: number): Loaded<Answer> {
  const [state, set] = useState<Pick<Loaded<Answer>, 'data' | 'error' | 'busy'> & { key: string }>({
    key,
    data: undefined,
    error: undefined,
    busy: true,
  })
  const [turn, setTurn] = useState(0)
  const newest = useRef(load)
  newest.current = load
  useEffect(() => {
    const gone = new AbortController()
    const still = (next: (now: typeof state) => typeof state) => !gone.signal.aborted && set(next)
    set((now) => (now.key === key ? { ...now, busy: true } : { key, data: undefined, error: undefined, busy: true }))
    let timer: ReturnType<typeof setTimeout> | undefined
    const next = () => {
      if (everyMs !== undefined && !gone.signal.aborted) timer = setTimeout(() => setTurn((now: number) => now + 1), everyMs)
    }
    newest
      .current(gone.signal)
      .then(
        (data) => still(() => ({ key, data, error: undefined, busy: false })),
        (error: unknown) => still((now) => ({ ...now, error, busy: false })),
      )
      .finally(next)
    return () => {
      gone.abort()
      clearTimeout(timer)
    }
  }, [key, turn])
  const current = state.key === key ? state : { data: undefined, error: undefined, busy: true }
  return { ...current, again: () => setTurn((now: number) => now + 1) }
}
