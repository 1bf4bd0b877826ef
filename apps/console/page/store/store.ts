import { useEffect, useState } from '../html.ts'

export interface Store<State> {
  get(): State
  change(next: (now: State) => State): void
  /** Called once a frame at most, however much changed in it. */
  subscribe(heard: () => void): () => void
}

export function createStore<State>(initial: State, frame: (draw: () => void) => unknown = nextFrame): Store<State> {
  const all = new Set<() => void>()
  let state = initial
  let due = false
  function tell() {
    due = false
    for (const heard of [...all]) heard()
  }
  return {
    get: () => state,
    change(next) {
      const before = state
      state = next(before)
      if (due || state === before) return
      due = true
      frame(tell)
    },
    subscribe(heard) {
      all.add(heard)
      return () => all.delete(heard)
    },
  }
}

const nextFrame = (draw: () => void) => requestAnimationFrame(draw)

/** A part of the store's state; the component is drawn again when that part became another one. */
export function useStore<State, Part>(store: Store<State>, pick: (state: State) => Part): Part {
  const part = pick(store.get())
  const [, again] = useState(0)
  useEffect(() => {
    let drawn: Part = part
    const look = () => {
      const next = pick(store.get())
      if (Object.is(next, drawn)) return
      drawn = next
      again((times: number) => times + 1)
    }
    look()
    return store.subscribe(look)
  }, [store])
  return part
}
