import type { Screen } from './screen.ts'

export interface Step {
  readonly name: string
  state: 'waiting' | 'running' | 'done' | 'failed'
  startedAt: number
  endedAt: number
  /** What it does now, or what there is to know about it. */
  text: string
}

/** Tells what a step does at the moment. */
export type Tell = (text: string) => void

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const MARKS = { waiting: '·', done: '✔', failed: '✖' }

export function stepLine({ name, state, startedAt, endedAt, text }: Step, now: number): string {
  const mark = state === 'running' ? SPINNER[Math.floor(now / 100) % SPINNER.length] : MARKS[state]
  const time = state === 'waiting' ? '' : seconds((state === 'running' ? now : endedAt) - startedAt)
  return ` ${mark} ${name.padEnd(18)}${time.padStart(8)}   ${text}`.trimEnd()
}

export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

export type Checklist = ReturnType<typeof createChecklist>

/** Steps with their times: on a terminal all of them, live; elsewhere one line for each as it ends, and for what it says. */
export function createChecklist(screen: Screen, clock = () => performance.now()) {
  const steps: Step[] = []
  const draw = () => screen.show(steps.map((step) => stepLine(step, clock())))
  const ticking = screen.live ? setInterval(draw, 100) : undefined
  let closed = false

  function ended(step: Step, state: 'done' | 'failed', text: string) {
    if (closed) return
    Object.assign(step, { state, text, endedAt: clock() })
    if (screen.live) draw()
    else screen.print(stepLine(step, clock()))
  }
  return {
    /** A step that begins when `after` is over. Its line ends with `text`. */
    async step<T>(name: string, text: string, after: Promise<unknown>, work: (tell: Tell) => Promise<T>): Promise<T> {
      const step: Step = { name, state: 'waiting', startedAt: 0, endedAt: 0, text: '' }
      steps.push(step)
      const tell = (now: string) => {
        step.text = now
        if (!screen.live) screen.print(`   ${name}: ${now}`)
      }
      await after
      Object.assign(step, { state: 'running', startedAt: clock() })
      try {
        const result = await work(tell)
        ended(step, 'done', text)
        return result
      } catch (error) {
        ended(step, 'failed', (error as Error).message.split('\n')[0]!)
        throw error
      }
    },
    /** Nothing changes any more: what is shown stays. */
    close(): void {
      clearInterval(ticking)
      const first = !closed
      closed = true
      if (!first || !screen.live) return
      screen.show([])
      for (const step of steps) screen.print(stepLine(step, clock()))
    },
  }
}
