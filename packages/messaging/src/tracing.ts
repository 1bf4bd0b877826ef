import { isConsumed } from './fold.ts'
import type { AnyInput, EventInput, InvalidInput } from './input.ts'
import type { Instruments } from './instruments.ts'
import type { SetResult } from './set.ts'

/** The record's processing begins; what follows from it hangs under it. */
export function beginProcessing<One extends EventInput | InvalidInput>(instruments: Pick<Instruments, 'process'>, input: One): One {
  const span = instruments.process(input)
  return { ...input, span, cause: { ...input.cause, traceparent: span.traceparent } }
}

/** After the commit: what was decided has been created, what was taken has been processed. What was rolled back never ends. */
export function endSpans({ folded }: Pick<SetResult, 'folded'>, inputs: readonly AnyInput[]): void {
  for (const { span } of folded.events) span?.end()
  for (const step of folded.passed) if (isConsumed(step)) step.span?.end(step.letter ? 'redriven' : 'handled')
  for (const { step, code } of folded.failed) if (isConsumed(step)) step.span?.end('dead letter', code)
  for (const step of folded.waiting) if (!step.letter) step.span?.end('waiting')
  for (const input of inputs) if (isConsumed(input)) input.span?.end('duplicate') // no effect on those that ended above
}
