import { useEffect, useState } from '../html.ts'

export interface Once<Answer> {
  readonly data?: Answer
  readonly error?: unknown
}

/** For a change: made when the part is first drawn and never again, whatever line comes back and whoever does not answer. */
export function useOnce<Answer>(change: () => Promise<Answer>): Once<Answer> {
  const [state, set] = useState<Once<Answer>>({})
  useEffect(() => {
    change().then(
      (data) => set({ data }),
      (error: unknown) => set({ error }),
    )
  }, [])
  return state
}
